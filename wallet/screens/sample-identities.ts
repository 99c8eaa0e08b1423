import type { FoundIdentityView, IdentityDetailView } from '../engine/contract/identities.ts'
import { at } from './sample-views.ts'

const day = 86_400

/** Identities of the demonstration in every state there is. */
export const teaHouse: IdentityDetailView = {
  id: 'tea',
  name: '竹里茶舍',
  class: 'organisation',
  state: 'anchored',
  createdAt: at - 400 * day,
  keys: [
    { label: 'k1', state: 'ended', here: false, ends: at - 40 * day },
    { label: 'k2', state: 'until', here: true, from: at - 40 * day, ends: at + 20 * day },
    { label: 'k3', state: 'in_use', here: true, from: at - 10 * day },
    { label: 'k4', state: 'void', here: false, ends: at - 10 * day },
  ],
  changeable: true,
  words: 'own',
  versions: [
    { seq: 2, kind: 'update', at: at - 10 * day, ours: true, keysAdded: 1, keysEnded: 1 },
    { seq: 1, kind: 'recover', at: at - 40 * day, ours: true, keysAdded: 1, keysEnded: 1 },
    { seq: 0, kind: 'create', at: at - 400 * day, ours: false, keysAdded: 1, keysEnded: 0 },
  ],
  proof: { size: 18_204, age: 40 },
  documents: { bound: 0, of: 3 },
  technical: {
    did: 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka',
    document: '{\n  "id": "did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka"\n}',
    record: 'meyHfVR4sfqhJPgZMJ9a6ZvIQNdg1oNpkSotgWsQh6g',
    seq: 2,
    ledger: 'file 41',
  },
}

export const underWay: IdentityDetailView = {
  ...teaHouse,
  id: 'under-way',
  name: '示例图书馆',
  state: 'submitted',
  change: { why: 'routine', step: 'written', fault: 'registry.unreachable' },
  changeable: false,
}

export const changedElsewhere: IdentityDetailView = {
  ...teaHouse,
  id: 'changed',
  name: '示例酒铺',
  state: 'changed',
  changeable: false,
}

export const closed: IdentityDetailView = {
  ...teaHouse,
  id: 'closed',
  name: '旧门锁',
  class: 'device',
  state: 'closed',
}

export const person: IdentityDetailView = {
  ...teaHouse,
  ...{ id: 'person', name: '王小明', class: 'person', state: 'here', changeable: false, versions: [] },
  keys: [{ label: 'k1', state: 'in_use', here: true }],
  proof: undefined,
}

export const foundShop: FoundIdentityView = {
  id: 'shop',
  class: 'organisation',
  name: { zh: '示例酒铺', en: 'Sample Liquor Shop' },
  keysInUse: 1,
  versions: [
    { seq: 2, kind: 'update', at: at - 600, ours: false, keysAdded: 1, keysEnded: 1 },
    { seq: 1, kind: 'update', at: at - 90 * day, ours: false, keysAdded: 0, keysEnded: 0 },
    { seq: 0, kind: 'create', at: at - 90 * day, ours: false, keysAdded: 1, keysEnded: 0 },
  ],
  done: false,
  technical: { did: 'did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka' },
}
