#!/usr/bin/env bash
# Builds server and agent if needed, and plays the main job on this machine. Needs a JDK 17+ and Maven 3.8+.
#   ./quickstart.sh          works in a scratch root, as any user
#   ./quickstart.sh --real   as root: real sysctl values of this host, put back at the end
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    sed -n '2,4s/^# \{0,1\}//p' "$0"
}
case "${1:-}" in
    "") ;;
    --real)
        if [ "$(id -u)" -ne 0 ]; then
            echo "--real changes sysctl values of this host: run it as root, or leave --real out." >&2
            exit 2
        fi
        ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        echo "unknown option: $1" >&2
        usage >&2
        exit 2
        ;;
esac

# Built already, and nothing changed since?
up_to_date() {
    [ -f "$1/target/quarkus-app/quarkus-run.jar" ] &&
        [ -z "$(find "$1/src/main" "$1/pom.xml" -newer "$1/target/quarkus-app/quarkus-run.jar" -print -quit)" ]
}
if ! up_to_date . || ! up_to_date agent; then
    echo "Building server and agent; the first time Maven fetches what they need ..."
    mvn --quiet --batch-mode -f all package -DskipTests -Dnative.sources.skip
fi

java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
classpath="target/quickstart:$(find target/quarkus-app/lib/main -name 'com.fasterxml.jackson.core.*.jar' | tr '\n' ':')"
"${java}c" -d target/quickstart -cp "$classpath" quickstart/java/dev/persona/quickstart/*.java
# exec: Ctrl-C reaches the program, which cleans up after itself.
exec "$java" -cp "$classpath" dev.persona.quickstart.Quickstart "$@"
