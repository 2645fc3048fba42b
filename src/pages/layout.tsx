// The layout of all our pages: one column that fits a phone, light or dark, without scripts and without requests to other
// sites.

import { raw } from 'hono/html'
import { pageTemplates, renderOwn } from './own-templates.ts'
import type { LayoutProps } from './props.ts'

/** The document around a page, by the deployer's template or ours. A wide page is one of development, and ours. */
export function Layout({ wide = false, ...props }: LayoutProps) {
  const { layout } = pageTemplates
  const standard = () => <StandardLayout {...props} wide={wide} />
  return layout && !wide ? renderOwn('layout', () => layout(props), standard) : standard()
}

function StandardLayout({ title, siteName, lang = 'en', wide, children }: LayoutProps) {
  return (
    <html lang={lang}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${siteName}`}</title>
        <style>{raw(style)}</style>
      </head>
      <body>
        <main class={wide ? 'wide' : 'narrow'}>
          <p class="site">{siteName}</p>
          {children}
        </main>
      </body>
    </html>
  )
}

/** The exact content of <style>, for its hash in the policy. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f3f4f7; --card: #fff; --line: #dfe3e9; --field: #7d8898;
  --ink: #1c232d; --faint: #566273; --accent: #2f49c4; --accent-ink: #fff; --accent-dark: #253a9e;
  --good: #17693b; --good-back: #e5f4ea; --bad: #a1221c; --bad-back: #fcebe9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171c; --card: #1e232b; --line: #323945; --field: #76839a;
    --ink: #e8ebf0; --faint: #a9b3c1; --accent: #a3b8ff; --accent-ink: #131a33; --accent-dark: #bccbff;
    --good: #86d9a6; --good-back: #173024; --bad: #ffaba4; --bad-back: #3a1d1c;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100svh; padding: 24px 16px;
  background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
main { width: 100%; margin: 0 auto; overflow-wrap: anywhere; }
.narrow {
  max-width: 440px; padding: 28px 24px 32px;
  background: var(--card); border: 1px solid var(--line); border-radius: 16px;
}
.wide { max-width: 880px; }
@media (min-width: 560px) {
  body { padding: 64px 24px; }
  .narrow { padding: 40px; }
}
h1 { margin: 0 0 12px; font-size: 26px; line-height: 1.25; letter-spacing: -0.01em; text-wrap: balance; }
p { margin: 0 0 16px; text-wrap: pretty; }
a { color: var(--accent); text-underline-offset: 3px; }
.site { margin-bottom: 20px; color: var(--faint); font-size: 15px; font-weight: 600; }
.faint { color: var(--faint); font-size: 15px; }
.last, main > :last-child { margin-bottom: 0; }

label { display: block; margin: 0 0 6px; font-weight: 600; }
input {
  display: block; width: 100%; min-height: 48px; margin: 0 0 20px; padding: 10px 12px;
  font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--field); border-radius: 10px;
}
input[aria-invalid] { border-color: var(--bad); }
button, .button {
  display: block; width: 100%; min-height: 48px; margin: 24px 0 0; padding: 12px 20px; cursor: pointer;
  font: inherit; font-weight: 600; color: var(--accent-ink); background: var(--accent);
  border: 1px solid transparent; border-radius: 10px; text-align: center; text-decoration: none;
}
button:hover, .button:hover { background: var(--accent-dark); }
.plain { margin-top: 12px; color: var(--accent); background: transparent; border-color: var(--field); }
.plain:hover { background: var(--page); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }

.problems {
  margin: 18px 0 20px; padding: 12px 16px; color: var(--bad); background: var(--bad-back);
  border-left: 4px solid var(--bad); border-radius: 8px;
}
.problems p, .problems ul { margin: 0; }
.problems ul { padding-left: 20px; }
.problems li + li { margin-top: 4px; }
.problems p::first-letter, .problems li::first-letter { text-transform: uppercase; }
.mark {
  display: grid; place-items: center; width: 56px; height: 56px; margin: 0 0 20px; border-radius: 50%;
}
.mark svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-width: 2.5;
  stroke-linecap: round; stroke-linejoin: round; }
.good { color: var(--good); background: var(--good-back); }
.bad { color: var(--bad); background: var(--bad-back); }

details { margin: 0 0 12px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
summary {
  position: relative; padding: 14px 18px 14px 38px; border-radius: 12px; cursor: pointer; list-style: none;
}
summary::-webkit-details-marker { display: none; }
summary::before { content: '›'; position: absolute; left: 20px; color: var(--faint); font-weight: 600; }
[open] > summary::before { transform: rotate(90deg); }
summary strong { display: block; font-weight: 600; }
.facts { display: flex; flex-wrap: wrap; gap: 2px 14px; color: var(--faint); font-size: 14px; }
.mail { padding: 4px 18px 18px; border-top: 1px solid var(--line); }
.mail h2 { margin: 18px 0 6px; color: var(--faint); font-size: 14px; font-weight: 600; }
.mail p, .mail pre, .empty pre { margin: 0; }
iframe { display: block; width: 100%; height: 640px; background: var(--page);
  border: 1px solid var(--line); border-radius: 8px; }
pre {
  margin: 0 0 20px; padding: 14px 16px; white-space: pre-wrap; background: var(--page);
  border: 1px solid var(--line); border-radius: 8px;
}
pre, code { font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.command { overflow-x: auto; white-space: pre; overflow-wrap: normal; }
.empty { padding: 28px 24px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
`
