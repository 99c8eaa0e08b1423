import type { IconName } from '@fujie/shared/ui/icons.ts'
import type { IdentityClass } from '../engine/contract/identities.ts'

export const classIcons: Readonly<Record<IdentityClass, IconName>> = {
  person: 'person',
  organisation: 'business',
  device: 'device',
}
