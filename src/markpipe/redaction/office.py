"""Words of Word's own language: the values that attributes of WordprocessingML and DrawingML choose from.

A word that is to be removed may be one of them (`center`, `table`): as a value of an attribute it is layout and says
nothing.  From the simple types of ECMA-376 part 1 (17.18, 20.1.10, 20.4.3) as far as a rebuilt file keeps them.
"""

from __future__ import annotations

_VALUES = """
    true false on off auto none nil clear default preserve
    left right center both start end distribute top bottom inside outside middle baseline inline around
    single double thick dotted dash dashed dotDash dotDotDash triple wave wavyDouble words thinThickSmallGap
    thickThinSmallGap thickThinMediumGap thinThickMediumGap inset outset
    paragraph character table numbering page column margin text leftMargin rightMargin topMargin bottomMargin
    insideMargin outsideMargin line textWrapping first even odd atLeast exact nextPage evenPage oddPage continuous
    portrait landscape newPage newSection eachSect eachPage
    decimal bullet lowerLetter upperLetter lowerRoman upperRoman ordinal chineseCounting chineseCountingThousand
    chineseLegalSimplified ideographDigital japaneseCounting decimalZero decimalEnclosedCircle numberInDash
    singleLevel multilevel hybridMultilevel tab space nothing num separate begin wholeTable
    firstRow lastRow firstCol lastCol band1Vert band2Vert band1Horz band2Horz nwCell neCell swCell seCell
    pct dxa fixed autofit restart continue btLr tbRl lrTb lrTbV tbLrV tbRlV
    superscript subscript majorHAnsi minorHAnsi majorEastAsia minorEastAsia majorBidi minorBidi
    majorAscii minorAscii eastAsia ascii hAnsi cs default hint lines linesAndChars snapToChars
    black blue cyan green magenta red yellow white darkBlue darkCyan darkGreen darkMagenta darkRed darkYellow darkGray
    lightGray solid horzStripe vertStripe reverseDiagStripe diagStripe horzCross diagCross thinHorzStripe
    text1 text2 background1 background2 dark1 dark2 light1 light2 accent1 accent2 accent3 accent4 accent5 accent6
    hyperlink followedHyperlink
    rect roundRect ellipse straightConnector1 bentConnector3 triangle rtTriangle diamond parallelogram trapezoid
    rightArrow leftArrow upArrow downArrow line plus flowChartProcess flowChartDecision flowChartTerminator
    overflow clip ellipsis horz vert wordArtVert bothSides largest topAndBottom wrapSquare square tight through
    absolute relative subtitle drop around height separator continuationSeparator normal lastLine centerGroup
    PAGE NUMPAGES SECTIONPAGES compatibilityMode
"""
VALUES = frozenset(_VALUES.split())
"""Values that mean the same in every document."""
