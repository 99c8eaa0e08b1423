import type { Rows } from './row.ts'

/** Words about a newer form of the wallet's page. */
export const walletUpdate = {
  'update.ready': { zh: '新版本已就绪', en: 'A new version is ready' },
  'update.readyText': { zh: '下次锁定时更新', en: 'It takes over when the wallet locks' },
  'update.now': { zh: '锁定并更新', en: 'Lock and update' },
} as const satisfies Rows
