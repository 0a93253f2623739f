// Kafka's released jars with all they need at run time, fetched once a version by Maven into `conformance/.cache`.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../.cache', import.meta.url))

/** The class path of this release. */
export function kafkaClassPath(version: string): string {
  const dir = join(CACHE, `kafka-${version}`)
  const jars = join(dir, 'jars')
  if (!existsSync(jars)) {
    rmSync(dir, { recursive: true, force: true })
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, 'pom.xml'), pomOf(version))
    const goal = ['dependency:copy-dependencies', '-DoutputDirectory=fetched', '-DincludeScope=runtime']
    const maven = spawnSync('mvn', ['-q', '-B', ...goal], { cwd: dir, stdio: ['ignore', 'inherit', 'inherit'] })
    if (maven.error !== undefined) throw new Error('Maven (mvn) is needed to fetch Kafka', { cause: maven.error })
    if (maven.status !== 0) throw new Error(`Maven could not fetch Kafka ${version}`)
    renameSync(join(dir, 'fetched'), jars)
  }
  return join(jars, '*')
}

function pomOf(version: string): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>kafkasim</groupId>
  <artifactId>conformance</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`
}
