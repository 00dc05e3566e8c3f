"""What other programs put on the clipboard, written by hand after their manner, and what is to become of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Clipboard:
    html: str
    markdown: str  # what the editor makes of it
    text: str = ""
    pictures: int = 0


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"
xmlns:st1="urn:schemas-microsoft-com:office:smarttags"><head><meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0in; font-family:"Calibri",sans-serif;} @list l0:level1 {mso-level-text:\\F0B7;} --></style>
</head><body lang=EN-US style='tab-interval:.5in'><!--StartFragment-->
<h1 style='margin-top:12.0pt'><b><span style='font-size:16.0pt'>Opening the
practice<o:p></o:p></span></b></h1>
<p class=MsoNormal><span style='mso-bidi-font-family:Calibri'>We open at seven. <b style='mso-bidi-font-weight:
normal'>Priya</b> has the <i>first</i> key; the club in <st1:place w:st="on"><st1:City w:st="on">Norfolk</st1:City></st1:place>
has the second.<o:p></o:p></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;
</span></span></span><![endif]>Lights and heat</p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:1.0in;text-indent:-.25in;mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='font-family:"Courier New"'><span style='mso-list:Ignore'>o<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>Heat
at 68&nbsp;degrees</p>
<p class=MsoListParagraphCxSpLast style='text-indent:-.25in;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>Door unlocked</p>
<p class=MsoNormal>Then<a style='mso-comment-reference:DO_1;mso-comment-date:20260301T0900'> read the log</a><span
class=MsoCommentReference><span style='font-size:8.0pt'><a class=msocomanchor id="_anchor_1" href="#_msocom_1"
name="_msoanchor_1">[DO1]</a></span></span>, <del cite="mailto:Dana" datetime="2026-03-01T09:00">not the email,</del><ins
cite="mailto:Dana" datetime="2026-03-01T09:00"> every day</ins>:</p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l1 level1 lfo2'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Who called</p>
<p class=MsoListParagraphCxSpLast style='text-indent:-.25in;mso-list:l1 level1 lfo2'><![if !supportLists]><span
style='mso-list:Ignore'>2.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>What was promised</p>
<table class=MsoTableGrid border=1 cellspacing=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'>
<tr style='mso-yfti-irow:0'><td width=200 valign=top style='width:150pt'><p class=MsoNormal><b>Day<o:p></o:p></b></p></td>
<td width=200><p class=MsoNormal><b>Opens<o:p></o:p></b></p></td></tr>
<tr style='mso-yfti-irow:1'><td width=200><p class=MsoNormal>Monday</p></td><td width=200><p class=MsoNormal>Priya</p><p class=MsoNormal>or Dana</p></td></tr></table>
<p class=MsoNormal><!--[if gte vml 1]><v:shape id="Picture_1"><v:imagedata src="file:///C:/door.png"/></v:shape><![endif]--><![if !vml]><img
width=300 height=200 src="file:///C:/Temp/msohtmlclip1/01/clip_image002.jpg"><![endif]></p>
<div style='mso-element:comment-list'><div style='mso-element:comment'><div id="_com_1" class=msocomtxt><p class=MsoCommentText>Which
log?</p></div></div></div>
<!--EndFragment--></body></html>"""

WORD_MARKDOWN = """### Opening the practice

We open at seven. **Priya** has the *first* key; the club in Norfolk has the second.

- Lights and heat
  - Heat at 68 degrees
- Door unlocked

Then read the log, every day:

1. Who called
2. What was promised

| **Day** | **Opens** |
| --- | --- |
| Monday | Priya or Dana |"""

DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-0a1b2c3d-7fff"><h2 dir="ltr"
style="line-height:1.38;margin-top:18pt;"><span style="font-size:16pt;font-weight:400;">After the first call</span></h2><p dir="ltr"
style="line-height:1.38;"><span style="font-size:11pt;font-weight:400;font-style:normal;">Write down </span><span
style="font-size:11pt;font-weight:700;font-style:normal;">who called</span><span style="font-weight:400;"> and </span><span
style="font-weight:400;font-style:italic;">why now</span><span style="font-weight:400;">, then see </span><a
href="https://example.org/log" style="text-decoration:none;"><span style="color:#1155cc;font-weight:400;text-decoration:underline;">the
log</span></a><span style="font-weight:400;">.</span></p><br /><ul style="margin-top:0;"><li dir="ltr" style="list-style-type:disc;"
aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:400;">Same day</span></p></li><ul><li dir="ltr"
aria-level="2"><p dir="ltr" role="presentation"><span style="font-weight:400;">before noon</span></p></li></ul><li dir="ltr"
aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:700;">Never</span><span style="font-weight:400;"> by
text message</span></p></li></ul><ol><li dir="ltr"><p dir="ltr" role="presentation"><span>One</span></p></li><li dir="ltr"><p dir="ltr"
role="presentation"><span>Two</span></p></li></ol><p dir="ltr"><span><img src="https://example.org/photo.png" width="20"
height="20" /></span></p></b><br class="Apple-interchange-newline">"""

DOCS_MARKDOWN = """### After the first call

Write down **who called** and *why now*, then see [the log](https://example.org/log).

- Same day
  - before noon
- **Never** by text message

1. One
2. Two"""

CLIPBOARDS = {
    "Word": Clipboard(WORD, WORD_MARKDOWN, pictures=1),
    "Google Docs": Clipboard(DOCS, DOCS_MARKDOWN, pictures=1),
    "lines": Clipboard(
        "", "One line\nand another\n\nA paragraph", text="One line\r\nand another\r\n\r\nA paragraph\r\n"
    ),
    "Markdown": Clipboard("", "### Plan\n\n- **one**\n- two", text="### Plan\n- **one**\n- two"),
    "Markdown from a plain editor": Clipboard(
        "<meta charset='utf-8'><div style='font-family: monospace'><div><span>### Plan</span></div>"
        "<div><span>- one</span></div></div>",
        "### Plan\n\n- one",
        text="### Plan\n- one",
    ),
    "signs that mean nothing": Clipboard(
        "<p>2 * 3 * 4 and a_b_c, # 5 and [x](y)</p>", "2 * 3 * 4 and a_b_c, # 5 and [x\\](y)"
    ),
    "a line that looks like a list": Clipboard(
        "<p>- no list<br>1. no number<br># no heading</p>", "\\- no list\n1\\. no number\n\\# no heading"
    ),
    "a message": Clipboard(
        "<div dir='ltr'>Hello Dana,<br><br>we meet at <b>nine</b>.<div>Bring the log.</div></div>",
        "Hello Dana,\n\nwe meet at **nine**.\n\nBring the log.",
    ),
    "a page with scripts and bad links": Clipboard(
        "<p onclick='xq()'>Go <a href='javascript:xq()'>here</a> or <a href='/local'>there</a>.</p><script>xq()</script>"
        "<svg onload='xq()'></svg><iframe src='https://example.org'></iframe>",
        "Go here or there.",
        pictures=1,
    ),
    "a spreadsheet": Clipboard(
        "<google-sheets-html-origin><style>td{border:1px}</style><table><colgroup><col width=100><col></colgroup><tbody>"
        "<tr><td style='font-weight:bold'>Fee</td><td>Hours</td></tr><tr><td>85</td><td>a | b</td></tr></tbody></table>",
        "| **Fee** | Hours |\n| --- | --- |\n| 85 | a \\| b |",
        text="Fee\tHours\n85\ta | b",
    ),
    "bold up to the comma": Clipboard("<p>the <b>door, </b>then<b>:</b>now</p>", "the **door,** then:now"),
}
