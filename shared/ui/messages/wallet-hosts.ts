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

  'desktop.openOutside': { zh: '在浏览器中打开 {host}？', en: 'Open {host} in the browser?' },
  'desktop.noSettings': {
    zh: '没有找到钱包的设置文件',
    en: 'The settings file of this wallet is missing',
  },
  'desktop.noKeychainText': {
    zh: '钱包只由口令保护，请选一个足够长的口令',
    en: 'The passphrase alone will protect the wallet; choose a long one',
  },

  'consent.elsewhere': { zh: '请在另一个窗口确认', en: 'Answer in the other window' },
  'consent.elsewhereText': {
    zh: '信息请求在单独的窗口里，关闭那个窗口即为不提供',
    en: 'The request has a window of its own; closing that window shares nothing',
  },
  'consent.elsewhere.done': { zh: '已在另一个窗口完成', en: 'Done in the other window' },
} as const satisfies Rows
