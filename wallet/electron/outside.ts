import { dialog, shell, type BrowserWindow } from 'electron'
import { say, type Language } from '@fujie/shared/ui/messages.ts'

/** Goes to a web address in the system's browser, after the person saw whose it is. Https alone, and no sign-in in it. */
export async function openOutside(address: string, window: BrowserWindow, language: Language): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: say(language, 'desktop.openOutside', { host: url.host }),
    buttons: [say(language, 'do.cancel'), say(language, 'do.open')],
    defaultId: 0,
    cancelId: 0,
  })
  if (response === 1) await shell.openExternal(url.href)
}
