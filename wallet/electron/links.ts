import { app } from 'electron'
import { limits } from '@fujie/shared/core/limits.ts'
import { isLink, offerSchemes, requestSchemes } from '@fujie/shared/core/qr/link.ts'

/** What other programs may open this one with. They carry requests and offers, never answers. */
export const linkSchemes = [...requestSchemes, ...offerSchemes, 'fujie'] as const

/**
 * The link among the words of a command line, if there is just one. Whoever opens a link decides its text, and on some
 * systems more words than one: nothing else there is looked at.
 */
export function linkAmong(words: readonly string[]): string | undefined {
  const links = words.filter((word) => word.length <= limits.offer && isLink(word))
  return links.length === 1 ? links[0] : undefined
}

/**
 * Listens for links, of this start and of later ones; false if another wallet of this account is running, which has been
 * told by now.
 */
export function listenForLinks(open: (link: string | undefined) => void): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', (_event, words) => open(linkAmong(words.slice(1))))
  app.on('open-url', (event, address) => {
    event.preventDefault()
    open(linkAmong([address]))
  })
  // In development the program is Electron itself, which is to open nobody's links.
  if (app.isPackaged) for (const scheme of linkSchemes) app.setAsDefaultProtocolClient(scheme, process.execPath, ['--'])
  const first = linkAmong(process.argv.slice(1))
  if (first !== undefined) open(first)
  return true
}
