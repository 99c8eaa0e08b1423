import { age } from './age.ts'
import { hotelCheckIn } from './hotel-check-in.ts'
import type { Purpose } from './purpose.ts'

/** Every purpose there is; a new one is a file and a row here. */
export const purposes: readonly Purpose[] = [hotelCheckIn, age]

export function findPurpose(id: string): Purpose | undefined {
  return purposes.find((purpose) => purpose.id === id)
}
