import type { Rows } from './row.ts'

/** Words of the scanner, the same in wallet and counter. */
export const scan = {
  'scan.title': { zh: '扫一扫', en: 'Scan' },
  'scan.doors': { zh: '从哪里读取', en: 'Read from' },
  'scan.camera': { zh: '摄像头', en: 'Camera' },
  'scan.screen': { zh: '屏幕', en: 'Screen' },
  'scan.paste': { zh: '粘贴', en: 'Paste' },
  'scan.still': { zh: '拖入图片', en: 'Picture, PDF' },
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
  'scan.screen.hintAll': {
    zh: '钱包窗口会让开，读取所有屏幕后立即停止。',
    en: 'The wallet steps aside, every screen is read once, and reading stops.',
  },
  'scan.screen.none': { zh: '这块屏幕上没有二维码', en: 'No code on that screen' },
  'scan.screen.refused': { zh: '没有选择屏幕', en: 'No screen was chosen' },

  'scan.paste.label': { zh: '粘贴链接或图片', en: 'Paste a link or a picture' },
  'scan.paste.read': { zh: '读取', en: 'Read' },
  'scan.paste.button': { zh: '从剪贴板粘贴', en: 'Paste from clipboard' },

  'scan.still.label': { zh: '拖入二维码图片或 PDF', en: 'Drop a picture or PDF of a code' },
  'scan.still.choose': { zh: '选择文件', en: 'Choose a file' },
  'scan.still.reading': { zh: '正在读取…', en: 'Reading…' },
  'scan.still.none': { zh: '图片里没有读到二维码', en: 'No code found in the picture' },
  'scan.still.noneNext': { zh: '换一张更清楚、更大的图片。', en: 'Use a sharper, larger picture.' },
  'scan.still.notPicture': { zh: '这不是图片，也不是 PDF', en: 'This is neither a picture nor a PDF' },
  'scan.still.tooLarge': {
    zh: '图片太大，请只截取二维码部分',
    en: 'The picture is too large; cut out the code alone',
  },
  'scan.still.locked': {
    zh: 'PDF 有密码，请打开后截取二维码',
    en: 'The PDF has a password; open it and take a picture of the code',
  },

  'scan.gun.label': { zh: '扫码枪', en: 'Scanner' },
  'scan.gun.ready': { zh: '请用扫码枪扫描', en: 'Scan with the scanner now' },
  'scan.gun.hint': {
    zh: '扫码枪像键盘一样输入；内容不会显示。',
    en: 'The scanner types like a keyboard; nothing is shown.',
  },

  'scan.gun.wire.hid': { zh: '连接 USB 扫码枪', en: 'Connect by USB' },
  'scan.gun.wire.serial': { zh: '连接串口扫码枪', en: 'Connect by serial port' },
  'scan.gun.connected.hid': { zh: '已连接 USB 扫码枪', en: 'Connected by USB' },
  'scan.gun.connected.serial': { zh: '已连接串口扫码枪', en: 'Connected by serial port' },
  'scan.gun.failed': {
    zh: '没有连上，可能正被其他程序使用',
    en: 'Not connected; another program may be using it',
  },
  'scan.gun.setUp': { zh: '设置单', en: 'Set-up sheet' },
  'scan.gun.check.right': { zh: '扫码枪设置正确', en: 'The scanner is set up right' },
  'scan.gun.check.case': {
    zh: '大小写被改动：关闭键盘的大写锁定和扫码枪的大小写转换',
    en: 'Letters changed case: turn Caps Lock and the case conversion of the scanner off',
  },
  'scan.gun.check.layout': {
    zh: '符号不对：把扫码枪的键盘布局设为与本机相同（多为美式英语）',
    en: 'Marks came out wrong: set the keyboard of the scanner to the one of this computer (US English in most places)',
  },
  'scan.gun.check.cut': {
    zh: '内容不完整：调慢扫码枪的发送速度，或换一个接口',
    en: 'Part of it is missing: let the scanner send more slowly, or use another port',
  },
  'scan.gun.check.ending': {
    zh: '可以使用；让扫码枪在结尾加回车会更快',
    en: 'It works; let the scanner end with Enter to be quicker',
  },
  'scan.gun.sheet.title': { zh: '扫码枪设置单', en: 'Scanner set-up sheet' },
  'scan.gun.sheet.about': {
    zh: '先按说明书完成前五项，再扫描下面的检查码。',
    en: 'Make the first five settings as the manual tells, then scan the test code below.',
  },
  'scan.gun.sheet.usb': { zh: '接口：USB 键盘', en: 'Interface: USB keyboard' },
  'scan.gun.sheet.layout': {
    zh: '键盘布局：与电脑相同，通常为美式英语',
    en: 'Keyboard: the same as the computer, in most places US English',
  },
  'scan.gun.sheet.case': { zh: '大小写：不转换', en: 'Letter case: as in the code' },
  'scan.gun.sheet.ending': { zh: '结尾：加回车', en: 'Ending: Enter' },
  'scan.gun.sheet.speed': {
    zh: '字符间隔：无，或小于 10 毫秒',
    en: 'Between letters: no delay, or less than 10 milliseconds',
  },
  'scan.gun.sheet.test': {
    zh: '在「扫码枪」里扫描检查码，会说明哪一项不对',
    en: 'Scan the test code under “Scanner”; it says which setting is wrong',
  },
  'scan.gun.sheet.code': { zh: '扫码枪检查码', en: 'Test code for scanners' },
  'scan.gun.sheet.maker': {
    zh: '各厂家的设置码印在随机说明书里；这里没有，以免设错。',
    en: 'The codes that set a scanner stand in its own manual. They differ by maker and are left out here.',
  },
  'scan.gun.sheet.print': { zh: '打印', en: 'Print' },

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
