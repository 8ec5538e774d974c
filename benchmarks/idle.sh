#!/bin/bash
# Measures what the agent costs a host that has nothing to do, beside node_exporter and collectd in the same minutes.
#
#   agent          as packaged (launcher, class archive, jvm.options), connected to a server, a report every 5 s
#   agent-plain    the same without the archive and with nothing but the collector, compiler and heap limit set
#   node_exporter  as packaged, asked for its metrics every 5 s, as Prometheus would
#   collectd       cpu, memory, load, swap, disk, interface, df, processes, uptime and users every 5 s, sent to a UDP port
#
# Resident memory (RSS) counts shared pages wholly, PSS by their share, anonymous memory is the program's alone.
# Processor time is that of SECONDS after a minute in which all of them settle.
#
# The other two are taken from PATH, or on Debian from their packages, unpacked and not installed; without either they
# are left out.
#
# usage: mvn -f all package -DskipTests && benchmarks/idle.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
seconds=${1:-180}
work=$(mktemp -d)
chmod 0755 "$work"
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait || true; rm -rf "$work"' EXIT

# The folder of a program as the packages lay it out.
lay_out() { # NAME MODULE
    mkdir -p "$work/$1"
    cp -r "$repository/$2/target/quarkus-app/." "$repository/$2/src/main/deb/jvm.options" "$work/$1/"
    cp "$repository/src/main/launcher/launch" "$work/$1/$1"
    cp "$repository/src/main/launcher/make-class-archive" "$work/$1/"
}

unpack() { # PACKAGE
    (cd "$work" && apt-get download --quiet "$1" && dpkg -x "$1"_*.deb "$work/debian") >/dev/null 2>&1 || true
}

find_program() { # NAME PACKAGE
    command -v "$1" && return
    unpack "$2"
    find "$work/debian" -type f -path "*bin/$1" 2>/dev/null || true
}

run() { # NAME COMMAND...
    local name=$1
    shift
    "$@" >"$work/$name.log" 2>&1 &
    pids+=($!)
    pid_of[$name]=$!
}

await() { # NAME TEXT
    local waited=0
    until grep -q "$2" "$work/$1.log"; do
        kill -0 "${pid_of[$1]}" && [ $((waited += 1)) -lt 600 ] || { cat "$work/$1.log" >&2; exit 1; }
        sleep 0.1
    done
}

run_agent() { # NAME COMMAND...
    local name=$1
    shift
    mkdir -p "$work/run/$name/root"
    run "$name" env QUARKUS_HTTP_PORT=0 XDG_CACHE_HOME="$work/run/$name" PERSONA_AGENT_INSTANCE_ID="$name" \
        PERSONA_AGENT_ROOT="$work/run/$name/root" PERSONA_AGENT_STATE="$work/run/$name/state" \
        PERSONA_AGENT_SERVER_URL="$server" PERSONA_AGENT_REPORT_INTERVAL=PT5S "$@"
    await "$name" 'connected server='
}

memory() { # NAME FIELD
    awk -v field="$2:" '$1 == field {printf "%.1f", $2 / 1024}' "/proc/${pid_of[$1]}/smaps_rollup"
}
ticks() { awk '{print $14 + $15}' "/proc/${pid_of[$1]}/stat"; }

declare -A pid_of begun
names=(agent agent-plain)
lay_out persona-server .
lay_out persona-agent agent
"$work/persona-agent/make-class-archive" persona-agent

run server env QUARKUS_HTTP_PORT=0 PERSONA_DATA_DIR="$work/data" "$work/persona-server/persona-server"
await server 'Listening on'
server=$(grep -om1 'http://127.0.0.1:[0-9]*' "$work/server.log")
run_agent agent "$work/persona-agent/persona-agent"
run_agent agent-plain "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx48m \
    -jar "$work/persona-agent/quarkus-run.jar"

node_exporter=$(find_program prometheus-node-exporter prometheus-node-exporter)
if [ -n "$node_exporter" ]; then
    names+=(node_exporter)
    run node_exporter "$node_exporter" --web.listen-address=127.0.0.1:19100
    (while sleep 5; do curl --silent --output /dev/null http://127.0.0.1:19100/metrics || true; done) &
    pids+=($!)
fi

collectd=$(find_program collectd collectd-core)
if [ -n "$collectd" ]; then
    names+=(collectd)
    plugins=$(find "$work/debian" /usr/lib -type d -path '*lib/collectd' -print -quit 2>/dev/null)
    types=$(find "$work/debian" /usr/share -path '*share/collectd/types.db' -print -quit 2>/dev/null)
    {
        printf 'Interval 5\nBaseDir "%s"\nPIDFile "%s"\n' "$work" "$work/collectd.pid"
        printf 'PluginDir "%s"\nTypesDB "%s"\n' "$plugins" "$types"
        printf 'LoadPlugin %s\n' cpu memory load swap disk interface df processes uptime users network
        printf '<Plugin network>\n  Server "127.0.0.1" "19258"\n</Plugin>\n'
    } >"$work/collectd.conf"
    run collectd "$collectd" -f -C "$work/collectd.conf"
fi

sleep 60
for name in "${names[@]}"; do
    begun[$name]=$(ticks "$name")
done
sleep "$seconds"

echo "$seconds s, $(nproc) processors, $(uname -sr)"
echo "| program | RSS MB | PSS MB | anonymous MB | share of a processor | threads |"
echo "| --- | ---: | ---: | ---: | ---: | ---: |"
for name in "${names[@]}"; do
    share=$(awk -v ticks=$(($(ticks "$name") - begun[$name])) -v hertz="$(getconf CLK_TCK)" -v seconds="$seconds" \
        'BEGIN {printf "%.2f %%", 100 * ticks / hertz / seconds}')
    threads=$(awk '/^Threads/ {print $2}' "/proc/${pid_of[$name]}/status")
    echo "| $name | $(memory "$name" Rss) | $(memory "$name" Pss) | $(memory "$name" Pss_Anon) | $share | $threads |"
done
