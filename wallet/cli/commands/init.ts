import * as z from 'zod/mini'
import { command } from '@fujie/shared/cli/command.ts'
import { exit } from '@fujie/shared/cli/exit.ts'
import type { Print } from '@fujie/shared/cli/print.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { say } from '@fujie/shared/ui/messages.ts'
import { assembleWallet } from '../open-wallet.ts'
import { askPassphrase, folderOf, tell, thisTerminal } from '../options.ts'
import { fetchSettings, keepSettings } from '../../adapters/settings-file.ts'

/** Makes a vault in a folder. The 24 words are told once, here; they are the only other way into it. */
export const init = command({
  name: 'wallet init',
  words: {
    'zh-CN': '新建钱包：--config 是设置文件或网页钱包的 /config.json；恢复短语只在这里显示一次',
    en: 'Makes a wallet; --config is a file, or /config.json of a web wallet. The recovery phrase is shown here, once',
  },
  schema: z.strictObject({
    config: z.string(),
    folder: z.optional(z.string()),
    demo: z.optional(z.boolean()),
    insecureLoopback: z.optional(z.boolean()),
  }),
  async run({ config, folder, demo = false, insecureLoopback = false }, print) {
    const at = folderOf({ folder })
    const settings = await fetchSettings(config, insecureLoopback)
    const wallet = assembleWallet(at, settings)
    try {
      const { state } = await wallet.wallet['vault.state']({})
      if (state !== 'absent') throw new Fault(state === 'busy' ? 'vault.busy' : 'vault.exists')
      const secret = demo ? { demo: true } : { passphrase: await newPassphrase(print) }
      await keepSettings(at, settings)
      const { words } = await wallet.wallet['vault.create']({ ...secret, language: print.language })
      tell(print, { folder: at, demo, words })
      print.remark(say(print.language, 'cli.wallet.words'))
      return exit.done
    } finally {
      await wallet.close()
    }
  },
})

/** Typed twice: one slip would shut the vault for good. @throws Fault `vault.wrong_passphrase` if they differ */
async function newPassphrase(print: Print): Promise<string> {
  const terminal = thisTerminal()
  const passphrase = await askPassphrase(print, terminal)
  if (!terminal.isInteractive || process.env.FUJIE_WALLET_PASSPHRASE_FILE !== undefined) return passphrase
  const again = await terminal.askSecret(say(print.language, 'cli.wallet.again'))
  if (again !== passphrase) throw new Fault('vault.wrong_passphrase', { twice: false })
  return passphrase
}
