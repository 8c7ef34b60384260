#!/bin/sh
# Makes the certificates that tests need, each as NAME.pem with its NAME.key, in PEM.
#
#   scripts/certificates.sh FOLDER CLIENT
#
#   authority   signs the next three
#   server      for localhost
#   expired     the same, but out of date; with the server's key
#   client      of the name CLIENT
#   other       an authority that nobody trusts
#   stranger    as client, signed by that one
set -eu

folder=$1
client=$2
cd "$folder"
umask 077
printf '[req]\ndistinguished_name = name\n[name]\n' >empty.cnf

# openssl tells its progress on standard error.
run_openssl() {
    openssl "$@" 2>log || {
        cat log >&2
        exit 1
    }
}

# issue NAME COMMON-NAME EXTENSIONS [AUTHORITY]
issue() {
    set -- "$@" ""
    signed=
    if [ -n "$4" ]; then signed="-CA $4.pem -CAkey $4.key"; fi
    # shellcheck disable=SC2086 # words
    run_openssl req -config empty.cnf -x509 -days 2 -subj "/CN=$2" -nodes -newkey ec \
        -pkeyopt ec_paramgen_curve:P-256 -keyout "$1.key" -out "$1.pem" -addext "$3" $signed
}

issue authority authority basicConstraints=critical,CA:TRUE
issue other other basicConstraints=critical,CA:TRUE
issue server localhost subjectAltName=DNS:localhost authority
issue client "$client" extendedKeyUsage=clientAuth authority
issue stranger "$client" extendedKeyUsage=clientAuth other
run_openssl req -config empty.cnf -new -key server.key -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -out expired.request
run_openssl x509 -req -in expired.request -days -1 -copy_extensions copy -CA authority.pem -CAkey authority.key \
    -out expired.pem
cp server.key expired.key
rm -f empty.cnf log expired.request
