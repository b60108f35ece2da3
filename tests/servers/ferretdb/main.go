// A MongoDB-protocol server for tests: FerretDB, told where its PostgreSQL is, on a loopback port of its choice.
//
// FerretDB's own command cannot be built from its module, so this goes through the embedding package.
// It prints its address as one line on stdout, and ends when its stdin is closed: a test run that is killed
// takes its server with it.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/v2/ferretdb"
)

func main() {
	if len(os.Args) != 3 {
		fail("usage: ferretdb POSTGRESQL-URL STATE-FOLDER")
	}
	telemetry := false
	server, err := ferretdb.New(&ferretdb.Config{
		PostgreSQLURL: os.Args[1],
		ListenAddr:    "127.0.0.1:0",
		StateDir:      os.Args[2],
		LogLevel:      slog.LevelError,
		LogOutput:     os.Stderr,
		Telemetry:     &telemetry,
	})
	if err != nil {
		fail(err)
	}

	go server.Run(context.Background())
	fmt.Println(server.MongoDBURI()) // waits for the listener

	// It keeps nothing itself, so there is nothing to close with care.
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func fail(reason any) {
	fmt.Fprintln(os.Stderr, "ferretdb:", reason)
	os.Exit(1)
}
