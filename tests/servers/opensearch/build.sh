#!/bin/sh
# OpenSearch from Maven's artifacts (66 MB, once) and one small main class, into the folder given. Needs a JDK and Maven.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
built=$1
lacks() { ! command -v "$1" >/dev/null; }
if lacks javac || lacks mvn; then
    lacks apt-get && { echo "servers: javac or mvn is missing and this is not Debian; install a JDK and Maven" >&2; exit 1; }
    echo "servers: installing a JDK and Maven" >&2
    apt-get install -y -qq --no-install-recommends default-jdk-headless maven >/dev/null
fi
echo "servers: OpenSearch" >&2
rm -rf "$built.new"
mkdir -p "$built.new/lib" "$built.new/classes"
mvn -B -q -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$built.new/lib" >&2
javac -nowarn -cp "$built.new/lib/*" -d "$built.new/classes" "$here/TestNode.java" >&2
rm -rf "$built"
mv "$built.new" "$built"
