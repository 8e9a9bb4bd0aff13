import time
from tests.cast import *
def test_it(cast):
    print(Column.objects.count(), Column.objects.filter(mandatory=True).count())
    for t in Tenant.objects.all(): print(t.code, Column.objects.filter(tenant=t).count())
def test_it2(cast): pass
def test_it3(cast): pass
