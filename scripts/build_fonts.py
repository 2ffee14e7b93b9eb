"""Make the fonts that stand in where a machine has no Chinese ones: small TrueType subsets under the OFL.

    python scripts/build_fonts.py FOLDER

FOLDER is `node_modules/@fontsource` with the packages `lxgw-wenkai` (楷体) and `noto-sans-sc` (黑体) in it.  What stays
are the characters of GB/T 2312, punctuation, ★, and rare characters of names; hinting, layout tables and names go.  The
fonts get names of their own, as the OFL asks of a changed font.  Writes `src/markpipe/formats/pdf/data/*.ttf`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "src" / "markpipe" / "formats" / "pdf" / "data"
# Characters that stand in names of people and places and that GB/T 2312 does not have.
NAMES = (
    "堃喆珺垚犇骉燚焱淼赟玥翀昉芃彧祎祺璟瑄珅玮瑀琮璐旻昕晟晞曦煊烜炜煜熠煦熙镕铄锃鋆堉墐垲珈珂琤琇玙琎瑨璎瓒"
    "頔颀飏骎骐骁骅翯翾翚翮祾祐祜禛禔禤秾稑筠筱篪粲綦縠纮絜缦罡羿翊翕翥耘聿胤臧舸艮苡芾苒茔莜菡萩葭蔻蕤蕖薏藿蘅"
    "虢蚨蜈蟠袆裎褚覃觐訄訚誾諲谌谯豳赜跬踽轫迓逄逯遆郄郏郗郜郢郦郯鄄鄠鄢鄯酆釂钤钜钰铖铭铠铳锜锟镆镠闿阇阽陉陟隗隰"
    "雒靓鞠韪韬颋颙颛飔馥驷骧髙魃鲲鳐鳌鸢鸷鹍鹏鹓黉黟黻鼐龑龢䶮㛃㛹㬎㮾㸌㻞䌹䴔昶晗晔晖暐曈朤杺枥柃栐栢桁桄桉梽棪椤楠榃榘槿樨"
    "橦檠殳沄沅沚沣泖泓洺洹浡浠浥涞涪淏淳渌渼湉湜湲溆溍滢漤潆潋潞潼澧澴濂瀛瀚瀹灏炅炆炘炟炣烺焜焯焘煐煳熜犨犟狄獬玎玓玕玘玚玢玠玫"
    "珉珏珙珞珣珥珧珩珪珰珲珽琀琅琊琏琚琛琠琦琨琬琯琰琲琳琴琵琶瑆瑗瑛瑜瑞瑢瑭瑷璁璇璋璞璠璧瓘昪昇峣峤崟嵚嵩巍"
)
PUNCTUATION = "\u3000★☆●○◎◆□△▲※〇〔〕【】《》〈〉「」『』“”‘’—…·、。，：；？！（）％＋－／＝～￥§№℃±×÷→←↑↓≤≥≠①②③④⑤⑥⑦⑧⑨⑩"
FACES = {
    "heiti": ("Markpipe Heiti", "noto-sans-sc", "noto-sans-sc-*-500-normal.woff"),
    "kaiti": ("Markpipe Kaiti", "lxgw-wenkai", "lxgw-wenkai-latin-500-normal.woff"),
}


def wanted() -> set[int]:
    """The code points that every face should have."""
    hanzi = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    text = "".join(pair.decode("gb2312", "ignore") for pair in hanzi)
    return {ord(char) for char in text + NAMES + PUNCTUATION} | set(range(0x20, 0x7F))


def build(files: list[Path], name: str, target: Path) -> None:
    """One face out of the files that hold its slices: each character from the first that has it."""
    missing = wanted()
    with tempfile.TemporaryDirectory() as folder:
        slices: list[Path] = []
        for file in files:
            font = TTFont(file)
            found = missing & set(font.getBestCmap())
            if found:
                slices.append(Path(folder) / f"{len(slices)}.ttf")
                _cut(font, found).save(slices[-1])
                missing -= found
        font = Merger().merge([str(path) for path in slices]) if len(slices) > 1 else TTFont(slices[0])
        _name(font, name)
        font.save(target)
    print(f"{target.name}: {target.stat().st_size:,} bytes, without {''.join(map(chr, sorted(missing)))!r}")


def _cut(font: TTFont, characters: set[int]) -> TTFont:
    options = Options(hinting=False, layout_features=[], name_IDs=[], notdef_outline=True, glyph_names=False)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "STAT", "meta", "FFTM", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = None
    return font


def _name(font: TTFont, name: str) -> None:
    table = font["name"]
    table.names = []
    licence = "SIL Open Font License 1.1; a subset, see NOTICE"
    for identity, text in ((1, name), (2, "Regular"), (4, name), (6, name.replace(" ", "")), (13, licence)):
        table.setName(text, identity, 3, 1, 0x409)


def main() -> int:
    source = Path(sys.argv[1])
    TARGET.mkdir(exist_ok=True)
    for face, (name, package, pattern) in FACES.items():
        # the large slice of a script first, the small ones for what it lacks
        files = sorted((source / package / "files").glob(pattern), key=lambda path: -path.stat().st_size)
        build(files, name, TARGET / f"{face}.ttf")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
