import type { Rows } from './row.ts'

/** Words of the scanner, the same in wallet and counter. */
export const scan = {
  'scan.title': { zh: '扫一扫', en: 'Scan' },
  'scan.doors': { zh: '从哪里读取', en: 'Read from' },
  'scan.camera': { zh: '摄像头', en: 'Camera' },
  'scan.screen': { zh: '屏幕', en: 'Screen' },
  'scan.paste': { zh: '粘贴', en: 'Paste' },
  'scan.still': { zh: '拖入图片', en: 'Drop image' },
  'scan.gun': { zh: '扫码枪', en: 'Scanner' },

  'scan.opening': { zh: '正在打开…', en: 'Opening the code…' },
  'scan.aim': { zh: '把二维码放进框内', en: 'Hold the code inside the frame' },
  'scan.starting': { zh: '正在打开摄像头…', en: 'Starting the camera…' },
  'scan.tooFar': { zh: '太远，请靠近', en: 'Too far, come closer' },
  'scan.tooDark': { zh: '太暗，请开灯', en: 'Too dark, turn on a light' },
  'scan.glare': { zh: '反光，请换个角度', en: 'Glare, change the angle' },
  'scan.torch': { zh: '补光', en: 'Light' },
  'scan.zoom': { zh: '放大', en: 'Zoom' },
  'scan.camera.choose': { zh: '换摄像头', en: 'Change camera' },
  'scan.camera.denied': { zh: '没有使用摄像头的许可', en: 'The camera is not allowed' },
  'scan.camera.deniedNext': {
    zh: '在地址栏或系统设置里允许摄像头，或改用屏幕、粘贴、拖入图片。',
    en: 'Allow it in the address bar or system settings, or use screen, paste or a picture.',
  },
  'scan.camera.absent': { zh: '没有找到摄像头', en: 'No camera found' },
  'scan.camera.absentNext': {
    zh: '接上摄像头后重试，或改用屏幕、粘贴、拖入图片、扫码枪。',
    en: 'Connect one and retry, or use screen, paste, a picture or a scanner.',
  },
  'scan.camera.busy': { zh: '摄像头正被其他程序使用', en: 'Another program is using the camera' },
  'scan.camera.busyNext': { zh: '关闭那个程序后重试。', en: 'Close that program, then retry.' },
  'scan.camera.virtual': {
    zh: '演示摄像头：看到另一个窗格的二维码',
    en: 'Demo camera: it sees the code in another pane',
  },

  'scan.screen.start': { zh: '读取屏幕上的二维码', en: 'Read a code on the screen' },
  'scan.screen.hint': {
    zh: '选择显示二维码的窗口或屏幕，读到后立即停止。',
    en: 'Choose the window or screen that shows it; reading stops at once.',
  },
  'scan.screen.none': { zh: '这块屏幕上没有二维码', en: 'No code on that screen' },
  'scan.screen.refused': { zh: '没有选择屏幕', en: 'No screen was chosen' },

  'scan.paste.label': { zh: '粘贴链接或图片', en: 'Paste a link or a picture' },
  'scan.paste.read': { zh: '读取', en: 'Read' },
  'scan.paste.button': { zh: '从剪贴板粘贴', en: 'Paste from clipboard' },

  'scan.still.label': { zh: '拖入二维码图片', en: 'Drop a picture of a code' },
  'scan.still.choose': { zh: '选择图片', en: 'Choose a picture' },
  'scan.still.none': { zh: '图片里没有读到二维码', en: 'No code found in the picture' },
  'scan.still.noneNext': { zh: '换一张更清楚、更大的图片。', en: 'Use a sharper, larger picture.' },
  'scan.still.notPicture': { zh: '这不是图片', en: 'This is not a picture' },

  'scan.gun.label': { zh: '扫码枪', en: 'Scanner' },
  'scan.gun.ready': { zh: '请用扫码枪扫描', en: 'Scan with the scanner now' },
  'scan.gun.hint': {
    zh: '扫码枪像键盘一样输入；内容不会显示。',
    en: 'The scanner types like a keyboard; nothing is shown.',
  },

  'scan.several': { zh: '读到多个二维码，请选择', en: 'Several codes found, choose one' },
  'scan.again': { zh: '已扫过', en: 'Already scanned' },
  'scan.read': { zh: '已读取', en: 'Read' },
  'scan.progress': { zh: '已读 {solved}/{total}，请保持不动', en: '{solved} of {total} read, hold still' },

  'scan.kind.pairing': { zh: '设备配对码', en: 'device pairing code' },
  'scan.kind.engagement': { zh: '亮证码', en: 'code to show documents' },
  'scan.kind.offer': { zh: '领取码', en: 'code to get a document' },
  'scan.kind.request': { zh: '信息请求', en: 'information request' },
  'scan.kind.counter': { zh: '柜台码', en: 'counter code' },
  'scan.kind.answer': { zh: '证件码', en: 'document code' },
  'scan.kind.part': { zh: '动态码', en: 'moving code' },
  'scan.kind.sharedLink': { zh: '分享链接', en: 'share link' },
  'scan.kind.payment': { zh: '支付码', en: 'payment code' },
  'scan.kind.web': { zh: '网址', en: 'web address' },
  'scan.kind.unknown': { zh: '其他二维码', en: 'another kind of code' },
  'scan.foreign.payment': { zh: '这是支付码，没有打开', en: 'This is a payment code; it was not opened' },
  'scan.foreign.web': { zh: '这是网址，没有打开', en: 'This is a web address; it was not opened' },
  'scan.foreign.wallet': {
    zh: '这是别人的证件码，没有打开',
    en: 'This is a code of another wallet; it was not opened',
  },
  'scan.foreign.unknown': { zh: '这不是证件码，没有打开', en: 'This is not a document code; it was not opened' },
  'scan.wrongPlace': { zh: '这是{kind}，这里不能用', en: 'This is a {kind}; it cannot be used here' },
} as const satisfies Rows
