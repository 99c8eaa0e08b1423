/** A table of a page; a bar inside a cell would end it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

export function code(text: string): string {
  return `\`${text}\``
}

const begin = (name: string) => `<!-- ${name}: written by npm run docs -->`
const end = '<!-- end -->'

/**
 * A page whose tables stand between markers, each with the text its table gives now. What stands around them is written
 * by hand.
 *
 * @throws Error for a marker without a table, or a table without a marker
 */
export function withTables(page: string, tables: Readonly<Record<string, () => string>>): string {
  const marked = [...page.matchAll(/<!-- ([\w-]+): written by npm run docs -->/g)].map(([, name]) => name as string)
  const wanted = Object.keys(tables)
  const odd = [...marked, ...wanted].find((name) => !marked.includes(name) || !wanted.includes(name))
  if (odd !== undefined) throw new Error(`The marker ${odd} has no table, or its table no marker`)
  return wanted.reduce((text, name) => replaceTable(text, name, tables[name]?.() ?? ''), page)
}

function replaceTable(page: string, name: string, text: string): string {
  const from = page.indexOf(begin(name)) + begin(name).length
  const to = page.indexOf(end, from)
  if (to < 0) throw new Error(`The table ${name} has no end`)
  return `${page.slice(0, from)}\n\n${text}\n\n${page.slice(to)}`
}
