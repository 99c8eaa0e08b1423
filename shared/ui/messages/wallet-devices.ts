import type { Rows } from './row.ts'

/** Words of devices: things and their owners, a lost device, a second one. */
export const walletDevices = {
  'devices.title': { zh: '设备', en: 'Devices' },
  'devices.text': {
    zh: '门锁、闸机等设备的入网、移交和停用',
    en: 'Enrol, hand over and end locks, terminals and other things',
  },
  'devices.empty': { zh: '还没有设备', en: 'No devices yet' },
  'devices.emptyText': {
    zh: '设备显示配对码，所有者的钱包扫描并确认，设备就归所有者管理。',
    en: 'A device shows its pairing code. The owner’s wallet scans and confirms it, and the device is the owner’s.',
  },
  'devices.state.waiting': { zh: '等待设备登记', en: 'Waiting for the device to register' },
  'devices.state.enrolled': { zh: '已入网', en: 'Enrolled' },
  'devices.state.ended': { zh: '已停用', en: 'Ended' },
  'devices.look': { zh: '查看和停用', en: 'See and end' },
  'devices.enrol': { zh: '设备入网', en: 'Enrol a device' },
  'devices.scanDevice': { zh: '扫描设备上的配对码', en: 'Scan the pairing code on the device' },
  'devices.confirm': { zh: '让“{device}”归这个所有者：', en: 'Make “{device}” belong to:' },
  'devices.owner': { zh: '所有者', en: 'Owner' },
  'devices.confirmText': {
    zh: '请确认设备就在眼前。所有者可以用恢复短语随时停用它。',
    en: 'Make sure that the device is the one before you. Its owner can end it at any time by the recovery phrase.',
  },
  'devices.enrolNow': { zh: '确认入网', en: 'Enrol it' },
  'devices.showAnswer': { zh: '现在让设备扫描这个码', en: 'Now let the device scan this code' },
  'devices.answerPurpose': { zh: '设备入网', en: 'enrolling a device' },
  'devices.noOwner': { zh: '还没有已登记的身份', en: 'No registered identity yet' },
  'devices.noOwnerText': {
    zh: '设备要有所有者。请先新建机构身份。',
    en: 'A device needs an owner. Create an organisation’s identity first.',
  },
  'devices.invite': { zh: '这是一台设备', en: 'This is a device' },
  'devices.inviteText': {
    zh: '在设备自己的钱包里使用。先显示配对码给所有者，再扫所有者的码。',
    en: 'For the wallet inside a device. It shows its code to the owner, then scans the owner’s.',
  },
  'devices.name': { zh: '设备名称', en: 'Name of the device' },
  'devices.nameHint': { zh: '例如：一号楼前门', en: 'For example: front door, building 1' },
  'devices.showGreeting': { zh: '显示配对码', en: 'Show the pairing code' },
  'devices.showOwner': { zh: '请所有者的钱包扫描', en: 'Let the owner’s wallet scan it' },
  'devices.greetingPurpose': { zh: '设备配对', en: 'pairing a device' },
  'devices.readOwner': { zh: '扫所有者的码', en: 'Scan the owner’s code' },
  'devices.scanOwner': { zh: '扫描所有者钱包上的码', en: 'Scan the code on the owner’s wallet' },
  'devices.handOver': { zh: '移交', en: 'Hand over' },
  'devices.handOverTo': { zh: '移交“{device}”', en: 'Hand over “{device}”' },
  'devices.showNewOwner': { zh: '请新所有者的钱包扫描', en: 'Let the new owner’s wallet scan it' },
  'devices.scanNewOwner': { zh: '扫描新所有者钱包上的码', en: 'Scan the code on the new owner’s wallet' },
  'devices.handOverText': {
    zh: '移交后只有新所有者能停用这台设备，您不能收回。',
    en: 'After this only the new owner can end the device. You cannot take it back.',
  },

  'lost.open': { zh: '挂失', en: 'Report a loss' },
  'lost.keys': { zh: '一、停用旧钥匙', en: '1. Stop the old keys' },
  'lost.keysText': {
    zh: '恢复短语能在任何钱包里找回身份，旧设备上的钥匙随即停用。',
    en: 'The recovery phrase wins identities back in any wallet; the keys on the old device end at once.',
  },
  'lost.documents': { zh: '二、向机构挂失', en: '2. Report each document' },
  'lost.documentsText': {
    zh: '机构暂停证件的每一份，无论在哪台设备上。只有机构柜台能恢复。',
    en: 'The agency puts every copy on hold, on whatever device. Only its counter takes that back.',
  },
  'lost.noDocuments': {
    zh: '这个钱包里没有旧证件。从备份恢复后可以在这里挂失，或到机构柜台办理。',
    en: 'This wallet has none of the old documents. Restore a backup to report them here, or go to the agency’s counter.',
  },
  'lost.hold': { zh: '挂失', en: 'Report lost' },
  'lost.held': { zh: '已挂失', en: 'On hold' },
  'lost.again': { zh: '三、补领', en: '3. Get them again' },
  'lost.againText': { zh: '到机构领取新的领取码，先领身份。', en: 'Ask the agency for new offers, identity first.' },

  'second.title': { zh: '第二台设备', en: 'Second device' },
  'second.open': { zh: '添加', en: 'Add' },
  'second.text': {
    zh: '机构按您的授权再颁发一次，新设备有自己的钥匙。钥匙从不复制。',
    en: 'By your order the agency issues the document once more. The new device makes its own keys; keys are never copied.',
  },
  'second.give': { zh: '给新设备', en: 'For the new device' },
  'second.asking': { zh: '正在请机构再颁发一次', en: 'Asking the agency to issue it again' },
  'second.show': {
    zh: '用新设备的钱包扫描，领取{document}',
    en: 'Scan with the new device’s wallet to get: {document}',
  },
  'second.purpose': { zh: '在第二台设备领取', en: 'getting a document on a second device' },
  'second.code': { zh: '在新设备上输入领取码', en: 'Type this code on the new device' },
  'second.none': { zh: '没有可以再领的证件', en: 'No document to get again' },
  'second.noneText': {
    zh: '暂停使用、失效或过期的证件不能再领。',
    en: 'Documents on hold, withdrawn or expired cannot be issued again.',
  },
} as const satisfies Rows
