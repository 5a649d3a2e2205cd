// SPDX-License-Identifier: GPL-2.0-or-later
#include "html_style.h"

namespace host {
namespace {

constexpr std::string_view kStyle = R"css(
:root {
  color-scheme: light dark;
  --paper: #ffffff; --soft: #f6f7f9; --line: #e2e5ea; --ink: #1a1e24; --dim: #5d6673;
  --accent: #1d5fa6; --bar: #c3cad4;
  --pass: #15693c; --pass-soft: #e4f3ea; --pass-mark: #2f9a62;
  --fail: #a81e17; --fail-soft: #fdecea; --fail-mark: #d3392f;
  --skip: #5d6673; --skip-soft: #eef0f3; --skip-mark: #c3cad4;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #13161a; --soft: #1a1e23; --line: #2b3138; --ink: #e3e7ec; --dim: #97a1ae;
    --accent: #79b0ea; --bar: #4a535e;
    --pass: #86d3a6; --pass-soft: #173024; --pass-mark: #3fa870;
    --fail: #ff9c94; --fail-soft: #3a1a19; --fail-mark: #e2574d;
    --skip: #a3acb8; --skip-soft: #23282f; --skip-mark: #4a535e;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 80rem; margin: 0 auto; padding: 3rem 2rem 5rem; }
code, pre { font-family: var(--mono); font-size: 0.85em; }
h1 { font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.018em; margin: 0; }
h2 { font-size: 1.25rem; font-weight: 650; letter-spacing: -0.01em; margin: 0; }
h3 { font-size: 1rem; font-weight: 650; margin: 0 0 0.5rem; }
p { margin: 0; }
.over { color: var(--accent); font-size: 0.8rem; font-weight: 600; margin-bottom: 0.4rem; }
.sub, .dim { color: var(--dim); }
.sub { margin-top: 0.4rem; overflow-wrap: anywhere; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
.tiles { display: grid; grid-template-columns: repeat(3, minmax(7rem, 11rem)); gap: 0.75rem;
  margin: 2rem 0 1rem; }
.tile { border: 1px solid var(--line); border-radius: 6px; padding: 0.7rem 1rem 0.6rem;
  border-top: 3px solid var(--bar); }
.tile dt { color: var(--dim); font-size: 0.85rem; }
.tile dd { margin: 0; font-size: 1.9rem; line-height: 1.2; font-weight: 600;
  font-variant-numeric: tabular-nums; }
.tile.pass { border-top-color: var(--pass-mark); } .tile.pass dd { color: var(--pass); }
.tile.fail { border-top-color: var(--fail-mark); } .tile.fail dd { color: var(--fail); }
.tile.nil dd { color: var(--dim); font-weight: 400; }
.share { display: block; width: 100%; height: 6px; border-radius: 3px; margin-bottom: 0.6rem; }
rect.pass { fill: var(--pass-mark); } rect.fail { fill: var(--fail-mark); }
rect.skip { fill: var(--skip-mark); }
.failures { list-style: none; margin: 1.25rem 0 0; padding: 0.6rem 1rem; background: var(--fail-soft);
  border-left: 3px solid var(--fail-mark); border-radius: 0 6px 6px 0; }
.failures li { padding: 0.2rem 0; overflow-wrap: anywhere; }
.failures code { color: var(--fail); margin-right: 0.8rem; }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 2rem 0 0; padding: 0.7rem 0;
  border-block: 1px solid var(--line); font-size: 0.9rem; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.note { margin-top: 1.5rem; padding: 0.8rem 1rem; background: var(--soft);
  border-left: 3px solid var(--accent); border-radius: 0 6px 6px 0; max-width: 54rem; }
section { margin-top: 3rem; scroll-margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; text-align: left; margin-top: 0.9rem; }
th, td { padding: 0.6rem 0.9rem 0.6rem 0; vertical-align: top; font-weight: 400; }
thead th { color: var(--dim); font-size: 0.8rem; font-weight: 600; padding-block: 0.4rem;
  border-bottom: 1px solid var(--bar); white-space: nowrap; vertical-align: bottom; }
tbody tr { border-bottom: 1px solid var(--line); }
.offloads { table-layout: fixed; }
.offloads thead th:nth-child(1) { width: 25%; }
.offloads thead th:nth-child(n + 2):nth-child(-n + 4) { width: 6rem; }
.offloads thead th:nth-child(6) { width: 11.8rem; }
.offloads th:first-child, .more td { padding-left: 0.8rem; }
.offloads tbody { border-bottom: 1px solid var(--line); }
.offloads tbody tr { border-bottom: 0; }
.offloads tbody tr:has(+ .more) > * { padding-bottom: 0.1rem; }
.offloads tbody.fail { box-shadow: inset 3px 0 var(--fail-mark); }
.more td { padding-top: 0; padding-bottom: 0.55rem; }
.offloads tbody:target { background: var(--soft); }
tbody th span { display: block; }
tbody th code { color: var(--dim); overflow-wrap: anywhere; }
.badge { display: inline-block; flex: none; min-width: 5.3rem; padding: 0 0.5rem; border-radius: 4px;
  font-size: 0.8rem; font-weight: 600; line-height: 1.5rem; text-align: center; white-space: nowrap; }
.badge.pass { color: var(--pass); background: var(--pass-soft); }
.badge.fail { color: var(--fail); background: var(--fail-soft); }
.badge.skip { color: var(--skip); background: var(--skip-soft); font-weight: 400; }
.state { display: inline-flex; align-items: center; gap: 0.4rem; font-size: 0.9rem; }
.state.on::before, .state.off::before { content: ""; width: 0.55rem; height: 0.55rem;
  border-radius: 50%; border: 1.5px solid var(--bar); }
.state.on::before { background: var(--accent); border-color: var(--accent); }
.state.off, .state.none { color: var(--dim); }
.seen { display: flex; gap: 0.8rem; align-items: baseline; }
.seen > div { min-width: 0; flex: 1; }
.said { overflow-wrap: anywhere; font-size: 0.95em; }
tbody.skip .said { color: var(--dim); }
.reason { margin-top: 0.4rem; font-size: 0.9em; padding: 0.5rem 0.7rem; background: var(--fail-soft); color: var(--fail);
  border-radius: 4px; overflow-wrap: anywhere; }
details { font-size: 0.85rem; }
summary { color: var(--dim); cursor: pointer; width: fit-content; }
summary:hover { color: var(--accent); }
.proofs, .frames { list-style: none; margin: 0.5rem 0 0; padding: 0; }
.proofs li { display: flex; flex-wrap: wrap; gap: 0.2rem 0.6rem; align-items: baseline;
  padding: 0.2rem 0; overflow-wrap: anywhere; }
.proofs .badge { line-height: 1.3rem; font-size: 0.75rem; }
.proofs span:last-child { color: var(--dim); flex: 1 1 12rem; }
.frames { border-left: 2px solid var(--line); padding-left: 0.8rem; max-height: 24rem; overflow: auto; }
.frames li { padding: 0.25rem 0; font-family: var(--mono); font-size: 0.8rem; line-height: 1.45;
  overflow-wrap: anywhere; }
.frames small { color: var(--dim); margin-left: 0.8rem; font-size: 0.9em; white-space: nowrap; }
.frames pre { margin: 0.3rem 0; padding: 0.5rem 0.7rem; background: var(--soft); border-radius: 4px;
  font-size: 0.95em; overflow-x: auto; width: fit-content; max-width: 100%; }
.cost { display: flex; gap: 0.6rem; align-items: center; font-size: 0.8rem; line-height: 1.35;
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.cost svg { width: 3.3rem; height: 2.1rem; flex: none; }
.cost b { display: inline-block; min-width: 1.5rem; color: var(--dim); font-weight: 400; }
rect.with { fill: var(--accent); } rect.without { fill: var(--bar); }
.scroll { overflow-x: auto; }
.plain th, .plain td { padding-block: 0.4rem; }
.plain tbody th code { color: inherit; display: block; }
.plain tbody th span { color: var(--dim); font-size: 0.9rem; }
.plain .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.plain .words { overflow-wrap: anywhere; min-width: 12rem; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 2rem 3rem; margin-top: 1rem; }
.two th { color: var(--dim); white-space: nowrap; padding-right: 1.5rem; }
.two table { margin-top: 0; }
@media (max-width: 60rem) {
  main { padding: 1.5rem 1rem 3rem; }
  .two { grid-template-columns: 1fr; }
  .offloads, .offloads tbody, .offloads tr { display: block; width: 100%; }
  .offloads thead { position: absolute; clip-path: inset(50%); }
  .offloads .more td { display: block; grid-column: 1 / -1; }
  .offloads tr { display: grid; grid-template-columns: repeat(3, 1fr); padding: 0.5rem 0.2rem 0.2rem 0.8rem; }
  .offloads th, .offloads th:first-child, .offloads td { padding: 0.25rem 0.5rem 0.25rem 0; }
  .offloads .more { padding-top: 0; }
  .offloads th, .offloads .wire, .offloads .price { grid-column: 1 / -1; }
  .flag::before { content: attr(data-label); display: block; color: var(--dim); font-size: 0.8rem; }
  .price:has(.none) { display: none; }
}
@media print {
  body { font-size: 11px; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  tr, .tile, .frames li { break-inside: avoid; }
  h2, thead { break-after: avoid; }
  .frames { max-height: none; overflow: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
  * { print-color-adjust: exact; }
}
)css";

}  // namespace

std::string_view html_style() {
    return kStyle;
}

}  // namespace host
