/* On a narrow screen the tabs between the parts of a transition scroll: the current one is brought into sight. */
document.querySelector('.legacy-tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
