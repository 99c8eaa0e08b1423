import type { Rows } from './row.ts'

/** The wallet outside a browser: command line and desktop. */
export const walletHosts = {
  'cli.wallet.passphrase': { zh: '口令：', en: 'Passphrase: ' },
  'cli.wallet.again': { zh: '再输入一次：', en: 'Once more: ' },
  'cli.wallet.words': {
    zh: '请把恢复短语抄写在纸上，不会再次显示',
    en: 'Write the recovery phrase on paper; it is not shown again',
  },
  'cli.wallet.share': { zh: '提供以上内容？输入“提供”：', en: 'Share this? Type “share”:' },
  'cli.wallet.share.yes': { zh: '提供', en: 'share' },
  'cli.wallet.get': { zh: '领取以上证件？输入“领取”：', en: 'Get these documents? Type “get”:' },
  'cli.wallet.get.yes': { zh: '领取', en: 'get' },
} as const satisfies Rows
