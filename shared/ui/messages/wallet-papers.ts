import type { Rows } from './row.ts'

/** Words of what leaves a wallet as a paper: annotated copies; and of removing a document. */
export const walletPapers = {
  'document.more': { zh: '更多操作', en: 'More actions' },
  'document.removed': { zh: '已移除', en: 'Removed' },
  'document.undo': { zh: '撤销', en: 'Undo' },
  'document.restored': { zh: '已放回', en: 'Put back' },
  'document.undoTooLate': {
    zh: '来不及放回了，请向颁发机构重新领取',
    en: 'Too late to put it back; get it again from the agency',
  },

  'copy.title': { zh: '导出加注件', en: 'Annotated copy' },
  'copy.text': {
    zh: '写明给谁、作何用途，别人拿去也不能另作他用。内容只在本机生成。',
    en: 'Says for whom and what for, so that nobody can use it for anything else. Made on this device.',
  },
  'copy.recipient': { zh: '给谁', en: 'For whom' },
  'copy.recipientHint': { zh: '如：竹里示例酒店', en: 'Such as: Zhuli Sample Hotel' },
  'copy.purpose': { zh: '用途', en: 'What for' },
  'copy.purposeHint': { zh: '如：办理入职', en: 'Such as: starting a job' },
  'copy.fields': { zh: '写上哪些内容', en: 'What stands on it' },
  'copy.whole': { zh: '写出完整号码', en: 'Write numbers in full' },
  'copy.wholeText': { zh: '不选则遮住中间几位', en: 'Otherwise the middle digits are hidden' },
  'copy.make': { zh: '生成', en: 'Make it' },
  'copy.again': { zh: '修改', en: 'Change' },
  'copy.paperTitle': { zh: '{type}（加注件）', en: '{type} (annotated copy)' },
  'copy.watermark': {
    zh: '仅供{recipient}用于{purpose} {date} 复印无效',
    en: 'For {recipient}: {purpose} only. {date}. Not valid when photocopied',
  },
  'copy.for': { zh: '仅供', en: 'For' },
  'copy.use': { zh: '用途', en: 'Purpose' },
  'copy.date': { zh: '日期', en: 'Date' },
  'copy.number': { zh: '编号', en: 'Number' },
  'copy.invalid': { zh: '复印无效，另作他用无效', en: 'Not valid when photocopied or used for anything else' },
  'copy.notProof': {
    zh: '加注件只是抄件，没有数字签名。需要核验时请用钱包出示。',
    en: 'An annotated copy is a transcript without a digital signature. To prove it, show the document from the wallet.',
  },
} as const satisfies Rows
