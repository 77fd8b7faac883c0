// promql-eval answers PromQL queries over pages of metrics as Prometheus itself would: its parser reads the pages, its
// storage keeps them, its engine evaluates.
//
// Standard input: {"scrapes": [{"seconds": 0, "labels": {"job": "x"}, "page": "up 1"}], "at": 300, "queries": ["up == 0"]}.
// Standard output, for each query in its turn: {"samples": [{"labels": {"job": "x"}, "value": "1"}]} or {"error": "why"}.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/tsdb"
)

const usage = "usage: promql-eval < QUESTION.json"

type scrape struct {
	Seconds int64             `json:"seconds"`
	Labels  map[string]string `json:"labels"`
	Page    string            `json:"page"`
}

type question struct {
	Scrapes []scrape `json:"scrapes"`
	At      int64    `json:"at"`
	Queries []string `json:"queries"`
}

type sample struct {
	Labels map[string]string `json:"labels"`
	Value  string            `json:"value"`
}

type answer struct {
	Error   string   `json:"error,omitempty"`
	Samples []sample `json:"samples"`
}

func main() {
	if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(1)
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "promql-eval:", err)
		os.Exit(1)
	}
}

func run() error {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	directory, err := os.MkdirTemp("", "promql-eval-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	silent := slog.New(slog.NewTextHandler(io.Discard, nil))
	storage, err := tsdb.Open(directory, silent, nil, tsdb.DefaultOptions(), nil)
	if err != nil {
		return err
	}
	defer storage.Close()
	for _, one := range asked.Scrapes {
		if err := store(storage, one); err != nil {
			return err
		}
	}
	engine := promql.NewEngine(promql.EngineOpts{
		Logger: silent, MaxSamples: 1_000_000, Timeout: 30 * time.Second,
	})
	answers := make([]answer, 0, len(asked.Queries))
	for _, query := range asked.Queries {
		answers = append(answers, evaluate(engine, storage, query, time.Unix(asked.At, 0)))
	}
	return json.NewEncoder(os.Stdout).Encode(answers)
}

func store(storage *tsdb.DB, one scrape) error {
	appender := storage.Appender(context.Background())
	symbols := labels.NewSymbolTable()
	page := textparse.NewPromParser([]byte(one.Page), symbols, false)
	for {
		entry, err := page.Next()
		if errors.Is(err, io.EOF) {
			return appender.Commit()
		}
		if err != nil {
			return errors.Join(err, appender.Rollback())
		}
		if entry != textparse.EntrySeries {
			continue
		}
		_, _, value := page.Series()
		var of labels.Labels
		page.Labels(&of)
		builder := labels.NewBuilder(of)
		for name, text := range one.Labels {
			builder.Set(name, text)
		}
		if _, err := appender.Append(0, builder.Labels(), one.Seconds*1000, value); err != nil {
			return errors.Join(err, appender.Rollback())
		}
	}
}

func evaluate(engine *promql.Engine, storage *tsdb.DB, query string, at time.Time) answer {
	asked, err := engine.NewInstantQuery(context.Background(), storage, nil, query, at)
	if err != nil {
		return answer{Error: err.Error()}
	}
	defer asked.Close()
	result := asked.Exec(context.Background())
	if result.Err != nil {
		return answer{Error: result.Err.Error()}
	}
	vector, err := result.Vector()
	if err != nil {
		return answer{Error: err.Error()}
	}
	samples := make([]sample, 0, len(vector))
	for _, one := range vector {
		samples = append(samples, sample{Labels: one.Metric.Map(), Value: strconv.FormatFloat(one.F, 'g', -1, 64)})
	}
	return answer{Samples: samples}
}
