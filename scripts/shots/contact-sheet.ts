import { languages, nameOf, sizes, themes, type Shot } from './shot.ts'

/** A page with every picture, one row a screen; each opens large. */
export function contactSheet(shots: readonly Shot[]): string {
  const screens = [...new Set(shots.map(({ screen }) => screen))]
  const columns = sizes.flatMap((size) =>
    languages.flatMap((language) => themes.map((theme) => ({ size, language, theme }))),
  )
  const head = columns.map(({ size, language, theme }) => `<th>${size.width} ${language} ${theme}</th>`).join('')
  const rows = screens.map((screen) => {
    const cells = columns.map((column) => {
      const file = nameOf({ screen, ...column })
      return `<td><a href="${file}"><img loading="lazy" src="${file}" alt="${file}" width="${column.size.width / 3}"></a></td>`
    })
    return `<tr id="${screen}"><th>${screen}</th>${cells.join('')}</tr>`
  })
  return `<!doctype html>
<meta charset="utf-8">
<title>Wallet screens</title>
<style>body{font:13px system-ui;background:#888}td,th{vertical-align:top;padding:4px;text-align:left}thead th{position:sticky;top:0;background:#fff}img{display:block}</style>
<table><thead><tr><th>${screens.length} screens</th>${head}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
`
}
