from clinic.animals import Cat, Kind
from clinic.care import Ward


def tom():
    return Cat("Tom", Kind.CAT)


def full():
    ward = Ward()
    ward.admit(tom())
    return ward


def test_find():
    assert full().find("Tom")


class TestRename:
    def test_again(self):
        assert tom().rename("Bo").rename("Al")

    def test_nothing(self):
        assert True
