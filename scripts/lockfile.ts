/** What is read of an entry of package-lock.json, version 3. */
export interface LockEntry {
  readonly name?: string
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly license?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>
}

export interface Manifest {
  /** Where it stands: `wallet/package.json`. */
  readonly file: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Allowed {
  /** Packages that may have an install script, which we never run. */
  readonly scripts: readonly string[]
  /** Licences that a package names where npm does not look, read by hand. */
  readonly licences?: Readonly<Record<string, string>>
}

const licences = [
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
  'Zlib',
]
const devLicences = [...licences, 'MPL-2.0', 'Python-2.0', 'WTFPL']

/** Everything wrong with a lock file, one sentence each. */
export function judgeLock(lock: Lock, allowed: Allowed): string[] {
  const entries = Object.entries(lock.packages).filter(([where]) => where !== '')
  return entries.flatMap(([where, entry]) => [
    ...judgeOrigin(where, entry),
    ...judgeLicence(where, entry, allowed),
    ...judgeScript(where, entry, allowed),
    ...judgePlatforms(where, entry, lock),
  ])
}

/** A specifier that is no exact version, or one package asked for in two versions. */
export function judgeManifests(manifests: readonly Manifest[]): string[] {
  const asked = manifests.flatMap(({ file, dependencies, devDependencies, optionalDependencies }) =>
    Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).map(([name, version]) => ({
      file,
      name,
      version,
    })),
  )
  const inexact = asked.filter(({ version }) => !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
  const versions = Map.groupBy(asked, ({ name }) => name)
  const differing = [...versions].filter(([, all]) => new Set(all.map(({ version }) => version)).size > 1)
  return [
    ...inexact.map(({ file, name, version }) => `${file}: ${name} ${version} is not an exact version`),
    ...differing.map(
      ([name, all]) => `${name} is asked for as ${all.map(({ version, file }) => `${version} (${file})`).join(', ')}`,
    ),
  ]
}

function judgeOrigin(where: string, entry: LockEntry): string[] {
  if (entry.link === true || !where.includes('node_modules/')) return []
  const problems: string[] = []
  if (entry.resolved !== undefined) problems.push(`${where}: names a host or another source: ${entry.resolved}`)
  if (entry.integrity === undefined || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity))
    problems.push(`${where}: no sha512`)
  if (entry.name !== undefined && !where.endsWith(`node_modules/${entry.name}`))
    problems.push(`${where}: an alias of ${entry.name}`)
  return problems
}

function judgeLicence(where: string, { link, license, dev }: LockEntry, { licences: read = {} }: Allowed): string[] {
  if (link === true) return []
  const named = license ?? read[where.slice(where.lastIndexOf('node_modules/') + 'node_modules/'.length)] ?? 'none'
  const good = dev === true ? devLicences : licences
  const choices = named.replace(/^\(|\)$/g, '').split(' OR ')
  const isGood = (choice: string) => choice.split(' AND ').every((each) => good.includes(each))
  return choices.some(isGood) ? [] : [`${where}: licence ${named}`]
}

function judgeScript(where: string, { hasInstallScript }: LockEntry, { scripts }: Allowed): string[] {
  if (hasInstallScript !== true || scripts.some((name) => where.endsWith(`node_modules/${name}`))) return []
  return [`${where}: has an install script`]
}

/** A mirror that lacks some platform's package makes npm leave it out, and the lock breaks for whoever needs it. */
function judgePlatforms(where: string, { optionalDependencies = {} }: LockEntry, { packages }: Lock): string[] {
  return Object.keys(optionalDependencies)
    .filter((name) => !places(where, name).some((place) => packages[place] !== undefined))
    .map((name) => `${where}: its optional ${name} is not in the lock`)
}

/** Where Node would look for a package from there. */
function places(where: string, name: string): string[] {
  const found: string[] = []
  for (let folder = where; folder !== '';) {
    found.push(`${folder}/node_modules/${name}`)
    const cut = folder.lastIndexOf('/node_modules/')
    folder = cut < 0 ? '' : folder.slice(0, cut)
  }
  return [...found, `node_modules/${name}`]
}
