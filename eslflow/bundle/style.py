"""How a report looks: one sheet of style, for the screen and for A4.

In: nothing. Out: CSS without any address in it.
"""

STYLE = """
@page { size: A4; margin: 12mm 15mm 12mm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 7.5pt sans-serif;
    color: #5b6775; } }
* { box-sizing: border-box; }
html { font: 8.5pt/1.35 "Source Sans 3", "Segoe UI", "Helvetica Neue", Helvetica, Arial,
  "Liberation Sans", sans-serif; color: #1b2430; background: #eceff3;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body { margin: 0; }
main { max-width: 210mm; margin: 8mm auto; padding: 16mm 15mm; background: #fff;
  box-shadow: 0 1px 6px #0003; }
h1 { margin: 0; font-size: 20pt; line-height: 1.15; font-weight: 650;
  letter-spacing: -0.01em; }
h2 { margin: 3.6mm 0 1.4mm; padding-bottom: 0.8mm; font-size: 11pt; font-weight: 650;
  border-bottom: 0.4mm solid #1b2430; break-after: avoid; }
h3 { margin: 0 0 1.2mm; font-size: 9pt; font-weight: 650; break-after: avoid; }
p { margin: 0 0 1.5mm; }
small { display: block; font-size: 7.2pt; line-height: 1.3; color: #5b6775; }
code { font: 7pt/1.4 "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere; }
dd code { display: block; color: #5b6775; }
header { padding-bottom: 3mm; border-bottom: 1mm solid #1f4e79; }
header .sub { margin-top: 1mm; font-size: 10.5pt; color: #1f4e79;
  overflow-wrap: anywhere; }
header .made { margin: 1mm 0 0; color: #5b6775; }
.cards { display: flex; flex-wrap: wrap; gap: 4mm; margin-top: 4mm; }
.card { flex: 1 1 70mm; padding: 2.5mm 4mm; border-left: 1.4mm solid #8a95a3;
  background: #f4f6f8; break-inside: avoid; }
.card strong { display: block; margin-bottom: 0.5mm; font-size: 14pt; line-height: 1.2;
  font-weight: 650; }
.card p:last-child { margin-bottom: 0; }
.card .purpose { font-size: 8pt; letter-spacing: 0.06em; text-transform: uppercase;
  color: #5b6775; }
.good { border-color: #2f7d4f; background: #f0f7f2; }
.good strong { color: #256440; }
.bad { border-color: #b03a2e; background: #fbf2f1; }
.bad strong { color: #96302a; }
dl { display: grid; grid-template-columns: 24mm 1fr; gap: 0.6mm 4mm; margin: 0; }
dl + dl { margin-top: 0.6mm; }
dl.two { grid-template-columns: 24mm 1fr 18mm 1fr; }
dt { color: #5b6775; }
dd { margin: 0; overflow-wrap: anywhere; }
.notice, .file { margin-bottom: 3mm; }
.notice { break-inside: avoid; }
blockquote { margin: 0 0 2mm; padding: 2mm 4mm; font: 11pt/1.45 "Source Serif 4",
  Charter, Georgia, "Liberation Serif", serif; background: #f4f6f8;
  border-left: 0.8mm solid #1f4e79; }
table { width: 100%; margin: 2mm 0 0; border-collapse: collapse; font-size: 8pt;
  line-height: 1.3; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { padding: 0 2mm 1mm 0; text-align: left; vertical-align: bottom; font-size: 7.5pt;
  font-weight: 600; color: #5b6775; border-bottom: 0.25mm solid #8a95a3; }
td { padding: 1mm 2mm 1mm 0; vertical-align: top; overflow-wrap: anywhere;
  border-bottom: 0.2mm solid #dde2e8; }
th:last-child, td:last-child { padding-right: 0; }
.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.bar { display: block; width: 22mm; height: 1.6mm; margin-top: 1mm;
  background: #dde2e8; }
.bar i { display: block; height: 100%; background: #1f4e79; }
.spans { display: flex; height: 4.5mm; margin: 2mm 0 0.8mm; background: #dde2e8; }
.spans i { display: block; background: #7fa3c7; }
.spans .masked { background: #1b2430; }
.spans .uncertain { background: #d9a441; }
.legend { font-size: 8pt; color: #5b6775; }
ul { margin: 0 0 2mm; padding-left: 5mm; }
li { margin-bottom: 0.8mm; }
.events { padding: 0; list-style: none; }
.choices td:nth-child(2) { width: 52mm; }
td div { white-space: nowrap; }
.events li { margin-bottom: 2mm; overflow-wrap: anywhere; }
.events .time { margin-right: 3mm; }
.events .time small { display: inline; margin-left: 2mm; }
.head { margin: 2.5mm 0; }
.head code { display: block; }
.chain td { padding-top: 0.5mm; padding-bottom: 0.5mm; }
.chain td:first-child, .chain th:first-child { width: 14mm; }
.limits { display: grid; grid-template-columns: 1fr 1fr; gap: 6mm; margin-top: 4mm;
  break-inside: avoid; }
footer { margin-top: 4mm; padding-top: 1.5mm; font-size: 8pt; color: #5b6775;
  border-top: 0.25mm solid #8a95a3; }
@media print {
  html { font-size: 8.2pt; background: #fff; }
  main { max-width: none; margin: 0; padding: 0; box-shadow: none; }
}
"""
