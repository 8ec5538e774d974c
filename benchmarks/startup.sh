#!/bin/bash
# Measures how soon server and agent are at work and how much memory they hold, run in three ways on each JVM:
#
#   plain     java -jar quarkus-run.jar, with the options of jvm.options
#   launched  the launcher of the packages: one flat class path
#   archived  the same with its class archive: CDS, or the AOT cache from JDK 25 on
#
# Ways take turns, so that what else the machine does falls on all alike; figures are medians, and ratios to `plain`.
#
# usage: mvn -f all package -DskipTests && benchmarks/startup.sh [ROUNDS [JAVA_HOME ...]]
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
rounds=${1:-5}
shift || true
if [ $# -eq 0 ]; then
    set -- "$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")"
fi
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT

# The folder of a program as the packages lay it out.
lay_out() { # NAME MODULE
    mkdir -p "$work/$1"
    cp -r "$repository/$2/target/quarkus-app/." "$repository/$2/src/main/deb/jvm.options" "$work/$1/"
    cp "$repository/src/main/launcher/launch" "$work/$1/$1"
    cp "$repository/src/main/launcher/make-class-archive" "$work/$1/"
}

start() { # NAME WAY
    local command=("$work/$1/$1")
    if [ "$2" = plain ]; then
        command=("$JAVA_HOME/bin/java" "@$work/$1/jvm.options" -jar "$work/$1/quarkus-run.jar")
    fi
    rm -rf "$work/run"
    mkdir -p "$work/run/root"
    cp -r "$work/seed" "$work/run/data"
    : >"$work/run/log"
    started=$(date +%s%N)
    QUARKUS_HTTP_PORT=0 PERSONA_DATA_DIR=$work/run/data XDG_CACHE_HOME=$work/run PERSONA_AGENT_SERVER_URL=http://127.0.0.1:9 \
        PERSONA_AGENT_ROOT=$work/run/root PERSONA_AGENT_STATE=$work/run/state "${command[@]}" >"$work/run/log" 2>&1 &
    pid=$!
    until port=$(grep -om1 'Listening on: http://127.0.0.1:[0-9]*' "$work/run/log"); do
        kill -0 "$pid" || { cat "$work/run/log"; exit 1; }
        sleep 0.01
    done
    port=${port##*:}
}

stop() {
    kill "$pid"
    wait "$pid" || true
    pid=
}

record() { # PROGRAM JVM WAY MEASURE VALUE
    echo "$*" >>"$work/results"
}
elapsed() { echo $((($(date +%s%N) - started) / 1000000)); }
cpu() { awk '{print ($14 + $15) * 10}' "/proc/$pid/stat"; }
rss() { awk '/VmRSS/ {printf "%d", $2 / 1024}' "/proc/$pid/status"; }

report='{"metrics": {"system.cpu.utilization": 0.9}, "tags": {"persona_group": ["bench"]}}'
persona='{"persona_id": "bench", "persona_name": "Bench", "persona_groups": ["bench"], "priority": 1,
    "configuration_parameters": {"sysctl.vm.swappiness": 10},
    "activation_triggers": [{"type": "resource_utilization_thresholds", "metric": "system.cpu.utilization",
        "operator": ">", "value": 0.8}]}'

post() { # PATH DOCUMENT
    curl --silent --show-error --fail --header 'Content-Type: application/json' --data "$2" "http://127.0.0.1:$port$1"
}

measure_server() { # JVM WAY
    start persona-server "$2"
    decision=$(post /instances/bench/reports "$report")
    record server "$1" "$2" first_decision_ms "$(elapsed)"
    record server "$1" "$2" cpu_until_then_ms "$(cpu)"
    case $decision in *'"persona_id":"bench"'*) ;; *) echo "no decision: $decision" >&2; exit 1 ;; esac
    sleep 5
    record server "$1" "$2" rss_idle_mb "$(rss)"
    # 100 instances, 50 reports of each, over one connection.
    for _ in {1..50}; do
        for instance in {1..100}; do
            printf 'url = "http://127.0.0.1:%s/instances/bench-%s/reports"\noutput = /dev/null\n' "$port" "$instance"
        done
    done | curl --silent --show-error --fail --header 'Content-Type: application/json' --data "$report" --config -
    record server "$1" "$2" rss_loaded_mb "$(rss)"
    stop
}

measure_agent() { # JVM WAY
    start persona-agent "$2"
    curl --silent --fail --output /dev/null "http://127.0.0.1:$port/status"
    record agent "$1" "$2" first_answer_ms "$(elapsed)"
    record agent "$1" "$2" cpu_until_then_ms "$(cpu)"
    sleep 15
    record agent "$1" "$2" rss_idle_mb "$(rss)"
    stop
}

lay_out persona-server .
lay_out persona-agent agent
# A database that knows one persona, so that the first report leads to a decision.
mkdir "$work/seed"
JAVA_HOME=$1
export JAVA_HOME
start persona-server plain
post /personas "$persona" >/dev/null
stop
cp "$work/run/data/"* "$work/seed/"

for JAVA_HOME in "$@"; do
    jvm=$("$JAVA_HOME/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.version = //p')
    for program in persona-server persona-agent; do
        "$work/$program/make-class-archive" "$program"
        mkdir "$work/archive"
        archive=$(echo "$work/$program"/classes.*)
        for _ in $(seq "$rounds"); do
            "measure_${program#persona-}" "$jvm" plain
            mv "$archive" "$work/archive/"
            "measure_${program#persona-}" "$jvm" launched
            mv "$work/archive/"* "$archive"
            "measure_${program#persona-}" "$jvm" archived
        done
        rmdir "$work/archive"
        rm "$archive"
    done
done

echo "$rounds rounds, $(nproc) processors, $(uname -sr)"
sort -k1,4 -k5n "$work/results" | awk '
    {key = $1 " " $2 " " $4; way = $3; count[key, way]++; value[key, way, count[key, way]] = $5; keys[key] = 1}
    function median(key, way) {return value[key, way, int((count[key, way] + 1) / 2)]}
    END {
        print "| program | JVM | measure | plain | launched | archived |"
        print "| --- | --- | --- | ---: | ---: | ---: |"
        for (key in keys) {
            split(key, part, " ")
            plain = median(key, "plain")
            printf "| %s | %s | %s | %d | %d (%.2f) | %d (%.2f) |\n", part[1], part[2], part[3], plain,
                median(key, "launched"), median(key, "launched") / plain,
                median(key, "archived"), median(key, "archived") / plain | "sort"
        }
    }'
