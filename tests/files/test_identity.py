"""Who a formation or headquarters is stands once, in the common folder; a scenario says where it is and how it fares."""

from __future__ import annotations

STAFFS = """\
id,name,name_de,side,nation,echelon,sidc,src,grade
g_hq_0,Third Army,3. Armee,axis,DE,army,10031002231205000000,book,document
g_hq_1,I Corps,I. Korps,axis,DE,corps,,book,document
s_hq_1,1st Army,,soviet,SU,army,,book,document
"""
SHORT = """\
id,parent,commander,staff,place,src,grade
g_hq_0,,A. General,1.1,Riga,book,reference
g_hq_1,g_hq_0,B. General,1.0,Auce,book,reference
s_hq_1,,C. General,0.9,Kelme,book,reference
"""


def test_headquarters_take_name_side_and_echelon_from_the_common_folder(desk):
    desk.write("common/staffs.csv", STAFFS)
    desk.write("headquarters.csv", SHORT)
    assert desk.faults() == []
    staff = desk.load().by_id["g_hq_0"]
    assert (staff.name, staff.side, staff.echelon, staff.sidc) == ("Third Army", "axis", "army", "10031002231205000000")
    assert staff.name_de == "3. Armee"
    assert (staff.src, staff.grade) == ("book", "reference"), "the row's own source, not the identity's"


def test_a_scenario_may_give_a_headquarters_another_name(desk):
    desk.write("common/staffs.csv", STAFFS)
    desk.write("headquarters.csv", SHORT.replace("id,parent", "id,name,parent").replace("g_hq_0,,", "g_hq_0,Army Raus,,")
               .replace("g_hq_1,g_hq_0", "g_hq_1,,g_hq_0").replace("s_hq_1,,", "s_hq_1,,,"))  # fmt: skip
    assert desk.faults() == []
    assert desk.load().by_id["g_hq_0"].name == "Army Raus"
    assert desk.load().by_id["g_hq_1"].name == "I Corps"


def test_a_headquarters_that_nobody_knows_gives_the_nearest(desk):
    desk.write("common/staffs.csv", STAFFS)
    desk.write("headquarters.csv", SHORT.replace("\ng_hq_1,g_hq_0", "\ng_hq_11,g_hq_0"))
    assert (
        "scenarios/little/headquarters.csv:3:1: expected an id of common/staffs.csv, found 'g_hq_11' "
        "(did you mean 'g_hq_1'?)"
    ) in desk.faults()


def test_a_stranger_that_tells_its_echelon_is_welcome(desk):
    desk.write("common/staffs.csv", STAFFS)
    assert desk.faults() == [], "the little war names its headquarters itself"
