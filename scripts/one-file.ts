import { createHash } from 'node:crypto'
import type { Plugin, Rollup } from 'vite'

/**
 * Writes a page's script and styles into its HTML, so that one file is the page: for people to keep and open without
 * a network. The page may fetch nothing at all, and runs no script but this one.
 */
export function oneFile(): Plugin {
  return {
    name: 'fujie-one-file',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = Object.values(bundle).find(({ fileName }) => fileName.endsWith('.html'))
      if (page?.type !== 'asset') throw new Error('no page to write into')
      page.source = inlined(String(page.source), bundle)
    },
  }
}

function inlined(html: string, bundle: Rollup.OutputBundle): string {
  const hashes: string[] = []
  const written = html
    .replaceAll(/<script type="module"[^>]* src="\.\/([^"]+)"[^>]*><\/script>/g, (_tag, file: string) => {
      // Nothing in the text may end the element it stands in.
      const code = `\n${textOf(bundle, file).replaceAll('</script', '<\\/script')}\n`
      hashes.push(`'sha256-${createHash('sha256').update(code).digest('base64')}'`)
      return `<script type="module">${code}</script>`
    })
    .replaceAll(/<link rel="stylesheet"[^>]* href="\.\/([^"]+)"[^>]*>/g, (_tag, file: string) => {
      return `<style>${textOf(bundle, file)}</style>`
    })
  const policy = `default-src 'none'; script-src ${hashes.join(' ')}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`
  return written.replace('<meta charset="utf-8" />', `<meta charset="utf-8" />\n    ${meta}`)
}

/** Takes a file out of the build. */
function textOf(bundle: Rollup.OutputBundle, file: string): string {
  const found = bundle[file]
  if (found === undefined) throw new Error(`${file} was not built`)
  Reflect.deleteProperty(bundle, file)
  return found.type === 'chunk' ? found.code : String(found.source)
}
