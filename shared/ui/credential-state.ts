import type { IconName } from './icons.ts'

/** How a document stands, as its card shows it. */
export type CredentialState = 'valid' | 'expiring' | 'suspended' | 'revoked' | 'expired' | 'unknown'

export const stateIcons: Readonly<Record<CredentialState, IconName>> = {
  valid: 'check',
  expiring: 'clock',
  suspended: 'warning',
  revoked: 'cross',
  expired: 'cross',
  unknown: 'question',
}

/** Look of a card by its type: Chinese paper colours, white text unless the ground is light. */
export interface TypeLook {
  readonly colour: string
  readonly text: string
  readonly icon: IconName
}

const looks: Readonly<Record<string, TypeLook>> = {
  'resident-id': { colour: '#8c1d18', text: '#ffffff', icon: 'person' },
  'driving-licence': { colour: '#1b3f7a', text: '#ffffff', icon: 'licence' },
  'business-licence': { colour: '#c79a2b', text: '#1f1f1f', icon: 'business' },
  degree: { colour: '#4b2e83', text: '#ffffff', icon: 'degree' },
  'student-status': { colour: '#006b5f', text: '#ffffff', icon: 'student' },
  'volunteer-record': { colour: '#b00d26', text: '#ffffff', icon: 'volunteer' },
  device: { colour: '#37474f', text: '#ffffff', icon: 'device' },
}

const plain: TypeLook = { colour: '#47524e', text: '#ffffff', icon: 'documents' }

/** The look of a type by its `vct`, both editions alike: `urn:fujie:cn:resident-id:1`, `…resident-id.counter:1`. */
export function lookOf(vct: string): TypeLook {
  const name = /^urn:fujie:cn:([a-z-]+)(?:\.counter)?:\d+$/.exec(vct)?.[1]
  return (name !== undefined && Object.hasOwn(looks, name) ? looks[name] : undefined) ?? plain
}
