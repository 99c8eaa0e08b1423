import type { Rows } from './row.ts'

/** Words of answering requests and of showing without a network. */
export const walletPresenting = {
  'consent.way': { zh: '提供方式', en: 'Ways to answer' },
  'consent.wayText': { zh: '任选一种，没有选的不提供', en: 'Any one of these; the others are not shared' },
  'consent.together': { zh: '{first}和{second}', en: '{first} and {second}' },
  'consent.met': { zh: '满足', en: 'Met' },
  'consent.lacking': { zh: '缺少', en: 'Missing' },
  'consent.samePerson': { zh: '证件属于同一人', en: 'The documents belong to the same person' },
  'consent.samePersonTwo': { zh: '两份证件属于同一人', en: 'Both documents belong to the same person' },
  'consent.samePersonDesk': {
    zh: '是否属于同一人，由窗口人员核对',
    en: 'The clerk checks that they belong to one person',
  },
  'consent.otherPerson': { zh: '这些证件不是同一人的', en: 'These documents belong to different people' },
  'consent.confirming': { zh: '同时确认', en: 'You also confirm' },
  'consent.withheld': {
    zh: '证件号码和照片不提供给无法确认的对方',
    en: 'Id number and photo are not given to a party nobody vouches for',
  },
  'consent.several': { zh: '可选多张', en: 'You may choose several' },
  'consent.blocked.unknownCounter': {
    zh: '钱包里没有这个柜台的登记资料。请对方按 O，再扫动态码',
    en: 'This wallet has no record of this counter. Ask them to press O, then scan the moving code',
  },
  'consent.counter': { zh: '{label}（{number} 号台）', en: '{label} (desk {number})' },
  'consent.counterNumber': { zh: '{number} 号台', en: 'Desk {number}' },
  'consent.plaque': { zh: '柜台牌', en: 'printed counter code' },
  'consent.byLight': {
    zh: '不联网：确认后出示一个码，让对方扫',
    en: 'No network: after you confirm, the counter scans a code from your screen',
  },
  'consent.matchCode': { zh: '确认码', en: 'Confirmation code' },
  'consent.matchCodeText': {
    zh: '请在显示二维码的那个网页上输入',
    en: 'Type it into the page that showed the code',
  },

  'consent.signIn': {
    zh: '您正在登录 {host}，请确认地址栏',
    en: 'You are signing in to {host}, check the address bar',
  },
  'consent.signInQr': { zh: '别人发来的二维码不要扫', en: 'Do not scan a code that somebody sent you' },
  'consent.signInLink': {
    zh: '此网站无法与其他网站关联您',
    en: 'This site cannot link you to other sites',
  },
  'consent.signInUnlisted': {
    zh: '对方没有登记这个网址',
    en: 'The asking party did not register this address',
  },
  'consent.signInKey': { zh: '登录', en: 'Sign in' },
  'consent.signedIn': { zh: '已登录 {host}', en: 'Signed in to {host}' },

  'show.offline': { zh: '离线出示', en: 'Show offline' },
  'show.offlineText': {
    zh: '双方都没有网络时：先扫柜台码，再让柜台扫您的码',
    en: 'When neither side has a network: scan their code, then they scan yours',
  },

  'showing.title': { zh: '请对方扫描', en: 'Let the counter scan it' },
  'showing.to': { zh: '出示给', en: 'Shown to' },
  'showing.purpose': { zh: '向{who}出示证件', en: 'showing documents to {who}' },
  'showing.moving': { zh: '动态码：请让对方对准到读完', en: 'Moving code: they keep aiming until it is read' },
  'showing.still': { zh: '每分钟自动更新', en: 'Renewed every minute' },
  'showing.pause': { zh: '暂停', en: 'Pause' },
  'showing.go': { zh: '继续', en: 'Go on' },
  'showing.next': { zh: '下一张', en: 'Next picture' },
  'showing.plaque': {
    zh: '这是柜台牌：窗口人员还会核对本人',
    en: 'A printed code: the clerk will also check that it is you',
  },
  'showing.end': { zh: '结束出示', en: 'Stop showing' },
  'showing.ended': { zh: '出示已结束', en: 'No longer shown' },
  'showing.endedText': {
    zh: '没有办成时，请扫柜台的新码重新出示。',
    en: 'If it did not work, scan a new code of the counter and show it again.',
  },
  'showing.gone': {
    zh: '这次出示已经结束，不会再显示。这份柜台版已算用过。',
    en: 'This showing has ended and is not shown again. Its counter edition counts as used.',
  },

  'history.shown': { zh: '已出示', en: 'Shown' },
  'history.signedIn': { zh: '已登录', en: 'Signed in' },
} as const satisfies Rows
