import * as z from 'zod/mini'
import { command } from '@fujie/shared/cli/command.ts'
import { exit } from '@fujie/shared/cli/exit.ts'
import { onWallet, tell, vaultOptions } from '../options.ts'

export const list = command({
  name: 'wallet list',
  words: { 'zh-CN': '列出钱包里的证件', en: 'Lists the documents in the wallet' },
  schema: z.strictObject(vaultOptions),
  async run(options, print) {
    tell(print, await onWallet(options, print, ({ wallet }) => wallet['documents.list']({})))
    return exit.done
  },
})

export const remove = command({
  name: 'wallet delete ID',
  words: { 'zh-CN': '移除一张证件和它的密钥', en: 'Removes a document with its keys' },
  schema: z.strictObject({ id: z.string(), ...vaultOptions }),
  async run({ id, ...options }, print) {
    await onWallet(options, print, ({ wallet }) => wallet['documents.remove']({ id }))
    tell(print, { removed: id })
    return exit.done
  },
})

/** One page, as screens get it; `--before` takes the id of the last entry seen. */
export const history = command({
  name: 'wallet history',
  words: {
    'zh-CN': '列出记录：何时、向谁、出示了哪些项目（不含内容）',
    en: 'Lists what happened: when, with whom, which items, never their values',
  },
  schema: z.strictObject({ before: z.optional(z.string()), ...vaultOptions }),
  async run({ before, ...options }, print) {
    const page = await onWallet(options, print, ({ wallet }) => wallet['history.list']({ before }))
    tell(print, page)
    // A chain with a link missing or changed is not the history of this wallet.
    return page.intact ? exit.done : exit.refused
  },
})
