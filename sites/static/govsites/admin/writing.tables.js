/* Tools above each table of the editor: rows, columns, merging, alignment, by mouse and by keyboard. The table itself is
   Handsontable, which offers them in a menu of the right mouse button alone. */
(() => {
    "use strict";
    if (!window.Handsontable || window.govsitesTables) return;
    window.govsitesTables = true;

    const words = () => JSON.parse(document.getElementById("govsites-writing")?.textContent || "{}").words?.table;
    const items = "ContextMenu:items";
    const register = (said) => {
        window.Handsontable.languages.registerLanguageDictionary(document.documentElement.lang, {
            languageCode: document.documentElement.lang,
            [`${items}.insertRowAbove`]: said.rowAbove,
            [`${items}.insertRowBelow`]: said.rowBelow,
            [`${items}.insertColumnOnTheLeft`]: said.columnLeft,
            [`${items}.insertColumnOnTheRight`]: said.columnRight,
            [`${items}.removeRow`]: [said.removeRow, said.removeRow],
            [`${items}.removeColumn`]: [said.removeColumn, said.removeColumn],
            [`${items}.undo`]: said.undo,
            [`${items}.redo`]: said.redo,
            [`${items}.mergeCells`]: said.mergeCells,
            [`${items}.unmergeCells`]: said.splitCells,
            [`${items}.align`]: said.align,
            [`${items}.align.left`]: said.left,
            [`${items}.align.center`]: said.center,
            [`${items}.align.right`]: said.right,
            [`${items}.align.justify`]: said.justify,
            [`${items}.align.top`]: said.top,
            [`${items}.align.middle`]: said.middle,
            [`${items}.align.bottom`]: said.bottom,
        });
    };

    const selected = (table) => {
        const [row, column, toRow, toColumn] = table.getSelectedLast() || [0, 0, 0, 0];
        return {
            top: Math.min(row, toRow), bottom: Math.max(row, toRow), left: Math.min(column, toColumn), right: Math.max(column, toColumn),
        };
    };
    const align = (table, name) => {
        const { top, bottom, left, right } = selected(table);
        for (let row = top; row <= bottom; row += 1) {
            for (let column = left; column <= right; column += 1) {
                const kept = (table.getCellMeta(row, column).className || "").split(" ").filter((part) => part && !/^ht(Left|Center|Right|Justify)$/.test(part));
                table.setCellMeta(row, column, "className", [...kept, name].join(" "));
            }
        }
        table.render();
    };
    const tools = (table) => [
        ["rowAbove", () => table.alter("insert_row", selected(table).top)],
        ["rowBelow", () => table.alter("insert_row", selected(table).bottom + 1)],
        ["removeRow", () => table.countRows() > 1 && table.alter("remove_row", selected(table).top, selected(table).bottom - selected(table).top + 1)],
        ["columnLeft", () => table.alter("insert_col", selected(table).left)],
        ["columnRight", () => table.alter("insert_col", selected(table).right + 1)],
        ["removeColumn", () => table.countCols() > 1 && table.alter("remove_col", selected(table).left, selected(table).right - selected(table).left + 1)],
        ["merge", () => table.getPlugin("mergeCells").toggleMergeOnSelection()],
        ["left", () => align(table, "htLeft")],
        ["center", () => align(table, "htCenter")],
        ["right", () => align(table, "htRight")],
    ];
    const addTools = (table) => {
        const said = words();
        const place = table.rootElement;
        if (!said || place.previousElementSibling?.classList.contains("writing-tools")) return;
        const bar = document.createElement("div");
        bar.className = "writing-tools";
        bar.setAttribute("role", "group");
        bar.setAttribute("aria-label", said.tools);
        tools(table).forEach(([name, action]) => {
            const button = document.createElement("button");
            button.type = "button";
            button.className = "button button-small button-secondary";
            button.textContent = said[name];
            button.addEventListener("click", () => {
                action();
                window.dispatchEvent(new Event("resize"));
            });
            bar.append(button);
        });
        place.before(bar);
    };
    // The words stand further down in the page than this script, and the tables are made as soon as all of it is there.
    const onceRead = () => words() && register(words());
    if (document.readyState === "loading") document.addEventListener("readystatechange", onceRead, { once: true });
    else onceRead();
    window.Handsontable.hooks.add("afterInit", function onInit() {
        if (!this.rootElement.id.endsWith("-handsontable-container")) return; // its menus are tables, too
        addTools(this);
        // A table that comes in later than the page takes its height from the next resize.
        if (document.readyState === "complete") window.setTimeout(() => window.dispatchEvent(new Event("resize")), 50);
    });
})();
