import type { ReasonCode } from '../reasons.ts'

/** The headline, the headline with its facts (used when all are known), and the next step. */
export interface ReasonWords {
  readonly words: string
  readonly withFacts?: string
  readonly next: string
}

/** Words for every reason code. */
export const reasonWords: Readonly<Record<ReasonCode, { readonly zh: ReasonWords; readonly en: ReasonWords }>> = {
  INTERNAL: {
    zh: { words: '程序出错', withFacts: '程序出错（{number}）', next: '重试；把编号告诉管理员' },
    en: { words: 'Program error', withFacts: 'Program error ({number})', next: 'Retry; report the number' },
  },
  UNREADABLE: {
    zh: { words: '未能读取二维码', next: '靠近、调亮、擦镜头或拖图' },
    en: { words: 'Could not read', next: 'Closer, brighter, drop a picture' },
  },
  PARTIAL: {
    zh: { words: '请保持不动', withFacts: '已读 {solved}/{total}，请保持不动', next: '对准到读完' },
    en: { words: 'Hold still', withFacts: '{solved} of {total} read, hold still', next: 'Keep aiming' },
  },
  NOT_ID_CODE: {
    zh: { words: '不是证件码', withFacts: '不是证件码（{kind}）', next: '请打开钱包出示' },
    en: { words: 'Not a document code', withFacts: 'Not a document code ({kind})', next: 'Open the wallet' },
  },
  CLOCK: {
    zh: { words: '本机时间不对', withFacts: '本机时间不对（差 {minutes} 分钟）', next: '校准后再用' },
    en: { words: 'Clock is wrong', withFacts: 'Clock is {minutes} min off', next: 'Set it' },
  },
  NO_TRUST_DATA: {
    zh: { words: '尚无认可名单', next: '联网一次或导入' },
    en: { words: 'No trust list', next: 'Go online or import' },
  },
  DECLINED: {
    zh: { words: '客人未提供', next: '可改用实体证件' },
    en: { words: 'Not provided', next: 'Use paper' },
  },
  WRONG_COUNTER: {
    zh: { words: '此码不是给本柜台的', next: '请扫本柜台的码' },
    en: { words: 'Made for another counter', next: 'Scan ours' },
  },
  REPLAY: {
    zh: { words: '此码已用过', withFacts: '此码已用过（{time}，{desk} 号台）', next: '重新出示；警惕截图' },
    en: { words: 'Already used', withFacts: 'Already used ({time}, desk {desk})', next: 'Show again' },
  },
  STALE_CODE: {
    zh: { words: '二维码已过时', next: '重新出示' },
    en: { words: 'Code too old', next: 'Show again' },
  },
  BAD_SIGNATURE: {
    zh: { words: '内容被改动或伪造', next: '勿采用；可留证上报' },
    en: { words: 'Altered or forged', next: 'Do not accept; report' },
  },
  NOT_HOLDER: {
    zh: { words: '不是本人钱包出示', next: '请用本人钱包现场出示' },
    en: { words: 'Not shown by its owner', next: 'Show it live' },
  },
  ISSUER_UNKNOWN: {
    zh: { words: '颁发机构不在名单', next: '更新名单；仍如此勿采用' },
    en: { words: 'Issuer not listed', next: 'Update; else do not accept' },
  },
  ISSUER_SCOPE: {
    zh: { words: '该机构无权颁发此类证件', next: '勿采用，可上报' },
    en: { words: 'Issuer may not issue this', next: 'Do not accept; report' },
  },
  ISSUER_KEY_OLD: {
    zh: { words: '签名密钥已停用', next: '请重新领取' },
    en: { words: 'Issuer key retired', next: 'Get it again' },
  },
  WRONG_DOC: {
    zh: { words: '不是所需证件', withFacts: '不是所需证件（需：{needed}）', next: '请更换' },
    en: { words: 'Not the document needed', withFacts: 'Not the document needed ({needed})', next: 'Choose another' },
  },
  MISSING_DATA: {
    zh: { words: '缺少所需信息', withFacts: '缺少：{missing}', next: '请重新请求' },
    en: { words: 'Information missing', withFacts: 'Missing: {missing}', next: 'Ask again' },
  },
  DIFFERENT_PEOPLE: {
    zh: { words: '两份证件不是同一人', next: '人工核对' },
    en: { words: 'Different people', next: 'Check by hand' },
  },
  REVOKED: {
    zh: { words: '证件已失效', next: '使用其他证件' },
    en: { words: 'No longer valid', next: 'Use another' },
  },
  SUSPENDED: {
    zh: { words: '证件暂停使用', next: '联系颁发机构' },
    en: { words: 'On hold', next: 'Contact the issuer' },
  },
  EXPIRED: {
    zh: { words: '已过期', withFacts: '已过期（{date}）', next: '续期或用其他证件' },
    en: { words: 'Expired', withFacts: 'Expired on {date}', next: 'Renew or use another' },
  },
  NOT_YET: {
    zh: { words: '尚未生效', withFacts: '尚未生效（自 {date}）', next: '核对日期和时钟' },
    en: { words: 'Not valid yet', withFacts: 'Not valid until {date}', next: 'Check date and clock' },
  },
  STATUS_NONE: {
    zh: { words: '无法查询是否已失效', next: '联网后再扫' },
    en: { words: 'Cannot check withdrawal', next: 'Go online, rescan' },
  },
  STATUS_OLD: {
    zh: { words: '证件有效，状态资料较旧', withFacts: '证件有效，状态资料已过 {hours} 小时', next: '联网或人工核对' },
    en: { words: 'Valid, status is old', withFacts: 'Valid, status {hours} h old', next: 'Go online or check by hand' },
  },
  CHECK_PERSON: {
    zh: { words: '证件有效，请核对本人', next: '对照照片或实体证件' },
    en: { words: 'Valid, check the person', next: 'Compare photo or paper' },
  },
  OK_AGE_ONLY: {
    zh: { words: '已满 18 周岁', next: '下一位' },
    en: { words: 'Over 18', next: 'Next' },
  },
  OK: {
    zh: { words: '核验通过', next: '下一位' },
    en: { words: 'Valid', next: 'Next' },
  },
}
