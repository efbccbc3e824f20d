# A PostgreSQL server of its own for a bench, with PostGIS, on its own folder; sourced. Durable as
# in service (fsync on), with a quarter of a small machine's memory. `start_server FOLDER` sets
# SERVER, its address; `stop_server` stops it.
start_server() {
    server_home=$1
    local bin=${PG_BIN:-/usr/lib/postgresql/15/bin} port
    as_postgres=()
    mkdir -p "$server_home"
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres "$server_home"
        as_postgres=(runuser -u postgres --)
    fi
    port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
    export PGPASSWORD=bench-only
    if [ ! -d "$server_home/data" ]; then
        printf '%s\n' "$PGPASSWORD" >"$server_home/password"
        (cd "$server_home" && "${as_postgres[@]}" "$bin/initdb" -D "$server_home/data" -U frontbeat \
            -A scram-sha-256 --pwfile "$server_home/password" -E UTF8 >"$server_home/initdb.log")
    fi
    (cd "$server_home" && "${as_postgres[@]}" "$bin/pg_ctl" -D "$server_home/data" -w \
        -l "$server_home/server.log" -o "-p $port -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories=$server_home -c shared_buffers=1GB -c max_wal_size=4GB \
        -c checkpoint_timeout=15min" start >/dev/null)
    SERVER="postgres://frontbeat:$PGPASSWORD@127.0.0.1:$port/postgres"
    SERVER_PORT=$port
    psql -q "$SERVER" -c 'CREATE EXTENSION IF NOT EXISTS postgis'
}

stop_server() {
    (cd / && "${as_postgres[@]}" "${PG_BIN:-/usr/lib/postgresql/15/bin}/pg_ctl" \
        -D "$server_home/data" -m fast stop >/dev/null)
}

# Waits until a service answers 200 at an address.
wait_for() {
    for _ in $(seq 600); do
        curl -sf -o /dev/null "$1" && return 0
        sleep 0.5
    done
    echo "$1 did not answer" >&2
    return 1
}
