import type { Rows } from './row.ts'

/** Words for getting documents, getting them again, and what ends when. */
export const walletReceive = {
  'receive.onPage': { zh: '去机构页面确认', en: 'Confirm on the agency’s page' },
  'receive.onPageText': {
    zh: '机构会在自己的页面上核实您是谁，确认后回到这里。',
    en: 'The agency checks on its own page who you are; then you come back here.',
  },
  'receive.openPage': { zh: '打开机构页面', en: 'Open the agency’s page' },
  'receive.authorising': { zh: '等待您在机构页面确认…', en: 'Waiting for you on the agency’s page…' },
  'receive.pageHost': { zh: '将打开 {host}', en: 'Opens {host}' },
  'receive.cancel': { zh: '放弃领取', en: 'Give up' },
  'receive.reviewingText': {
    zh: '可以关闭此页；钱包打开时会继续询问机构。',
    en: 'You may leave this page; the wallet keeps asking while it is open.',
  },
  'receive.underWay': { zh: '正在办理', en: 'Under way' },
  'receive.atPage': { zh: '{type}：请在机构页面确认', en: '{type}: confirm on the agency’s page' },
  'receive.inReview': {
    zh: '{type}：机构审核中，完成后通知您',
    en: '{type}: the agency is reviewing it; you will be told',
  },
  'receive.notDone': { zh: '{type}：未能领取', en: '{type}: could not be received' },
  'receive.look': { zh: '查看', en: 'Look' },
  'receive.again': { zh: '再试一次', en: 'Try again' },
  'receive.refusedBy': { zh: '机构没有同意颁发', en: 'The agency did not agree to issue it' },
  'receive.returned': { zh: '已交给钱包', en: 'Handed to your wallet' },
  'receive.returnedText': { zh: '可以关闭此页，回到钱包。', en: 'You may close this page and go back to the wallet.' },
  'renew.title': { zh: '续期', en: 'Renew' },
  'renew.preview': { zh: '将换成新的一张', en: 'You will get a new one in its place' },
  'renew.previewText': {
    zh: '原来的卡片和没用完的柜台版会被替换。',
    en: 'It replaces the card and the counter editions that are left.',
  },
  'renew.go': { zh: '续期', en: 'Renew' },
  'renew.landed': { zh: '{type}已续期', en: '{type} was renewed' },
  'renew.unavailable': {
    zh: '这张证件不能在线续期，请向机构要一个新的领取码。',
    en: 'This document cannot be renewed online. Ask the agency for a new code.',
  },
  'dates.title': { zh: '到期日期', en: 'Dates' },
  'dates.all': { zh: '全部日期', en: 'All dates' },
  'dates.on': { zh: '「{type}」将于 {date}到期', en: '{type} ends on {date}' },
  'dates.today': { zh: '「{type}」今天到期', en: '{type} ends today' },
  'dates.ended': { zh: '「{type}」已于 {date}到期', en: '{type} ended on {date}' },
  'dates.left': { zh: '还有 {n} 天', en: { one: '{n} day left', other: '{n} days left' } },
  'dates.empty': { zh: '没有会到期的证件', en: 'No document has an end date' },
  'dates.clock': { zh: '本机时间偏慢，日期可能不准', en: 'This device’s clock is behind; dates may be wrong' },
  'dates.clockText': { zh: '请在系统设置里校准时间。', en: 'Set the clock in the system settings.' },
  'dates.offline': { zh: '离线时不能续期', en: 'Renewing needs a network' },
} as const satisfies Rows
