// guregu/dynamo on the orders of ../orders.py. It keeps no version by itself: a condition on one stands for it.
// Usage: guregu <table>
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"sort"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"
)

const expires = 4102444800

type line struct {
	Sku   string `dynamo:"sku"`
	Count int    `dynamo:"count"`
}

type order struct {
	Customer string    `dynamo:"customer,hash"`
	Number   int       `dynamo:"number,range"`
	State    string    `dynamo:"state" index:"by_state,hash"`
	Total    float64   `dynamo:"total" index:"by_state,range"`
	Tags     []string  `dynamo:"tags,set"`
	Lines    []line    `dynamo:"lines"`
	Expires  time.Time `dynamo:"expires,unixtime"`
	Version  int       `dynamo:"version"`
}

type answer struct {
	Queried   []string `json:"queried"`
	Scanned   []string `json:"scanned"`
	Indexed   []string `json:"indexed"`
	Tagged    []string `json:"tagged"`
	Together  []string `json:"together"`
	Added     float64  `json:"added"`
	Refused   string   `json:"refused"`
	Conflict  string   `json:"conflict"`
	Cancelled string   `json:"cancelled"`
}

var ctx = context.Background()

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func newOrder(customer string, number int) order {
	made := order{customer, number, "open", float64(number) * 1.25, []string{"new", fmt.Sprintf("n%d", number)},
		[]line{{fmt.Sprintf("sku-%d", number), number}}, time.Unix(expires+int64(number), 0).UTC(), 1}
	if number%3 == 0 {
		made.State = "sent"
	}
	if customer == "grace" {
		made.Total += 0.5
	}
	return made
}

func names(orders []order) []string {
	var found []string
	for _, one := range orders {
		found = append(found, fmt.Sprintf("%s/%d", one.Customer, one.Number))
	}
	return found
}

func sorted(names []string) []string {
	sort.Strings(names)
	return names
}

// refusal tells an error that must be there.
func refusal(err error) string {
	var canceled *types.TransactionCanceledException
	if errors.As(err, &canceled) {
		var codes []string
		for _, reason := range canceled.CancellationReasons {
			codes = append(codes, *reason.Code)
		}
		return fmt.Sprintf("%s: %v", canceled.ErrorCode(), codes)
	}
	if !dynamo.IsCondCheckFailed(err) {
		log.Fatalf("not refused: %v", err)
	}
	return "condition failed"
}

func makeTable(db *dynamo.DB, name string) dynamo.Table {
	check(db.CreateTable(name, order{}).OnDemand(true).Stream(dynamo.NewAndOldImagesView).Wait(ctx))
	table := db.Table(name)
	check(table.UpdateTTL("expires", true).Run(ctx))
	described, err := table.DescribeTTL().Run(ctx)
	check(err)
	if described.Attribute != "expires" {
		log.Fatalf("time to live: %+v", described)
	}
	return table
}

func putAll(table dynamo.Table) {
	var all []interface{}
	for number := 1; number <= 20; number++ {
		all = append(all, newOrder("ada", number))
	}
	for number := 1; number <= 10; number++ {
		all = append(all, newOrder("grace", number))
	}
	wrote, err := table.Batch("customer", "number").Write().Put(all...).Run(ctx)
	check(err)
	var whole order
	check(get(table, "ada", 7).One(ctx, &whole))
	if wrote != 30 || whole.Expires != newOrder("ada", 7).Expires || whole.Lines[0].Count != 7 || len(whole.Tags) != 2 {
		log.Fatalf("%d: %+v", wrote, whole)
	}
}

func get(table dynamo.Table, customer string, number int) *dynamo.Query {
	return table.Get("customer", customer).Range("number", dynamo.Equal, number)
}

func queried(table dynamo.Table) []string {
	var all []order
	var key dynamo.PagingKey
	for begun := false; !begun || key != nil; begun = true {
		var page []order
		next, err := table.Get("customer", "ada").Order(dynamo.Descending).StartFrom(key).SearchLimit(7).AllWithLastEvaluatedKey(ctx, &page)
		check(err)
		all, key = append(all, page...), next
	}
	return names(all)
}

func scanned(table dynamo.Table) []string {
	var all []order
	var key dynamo.PagingKey
	for begun := false; !begun || key != nil; begun = true {
		var page []order
		next, err := table.Scan().StartFrom(key).SearchLimit(7).AllWithLastEvaluatedKey(ctx, &page)
		check(err)
		all, key = append(all, page...), next
	}
	var parallel []order
	check(table.Scan().AllParallel(ctx, 4, &parallel))
	if len(parallel) != len(all) {
		log.Fatalf("%d at once, %d by pages", len(parallel), len(all))
	}
	return sorted(names(all))
}

// found is read by the legacy KeyConditions, with a filter beside it where one is told.
func found(query *dynamo.Query) []string {
	var all []order
	check(query.All(ctx, &all))
	return names(all)
}

func together(table dynamo.Table) []string {
	var all []order
	keys := []dynamo.Keyed{dynamo.Keys{"ada", 3}, dynamo.Keys{"grace", 3}, dynamo.Keys{"ada", 99}}
	check(table.Batch("customer", "number").Get(keys...).All(ctx, &all))
	return sorted(names(all))
}

func conflict(table dynamo.Table) error {
	save := func(loaded order, state string) error {
		expected := loaded.Version
		loaded.State, loaded.Version = state, expected+1
		return table.Put(loaded).If("'version' = ?", expected).Run(ctx)
	}
	var first, second order
	check(get(table, "grace", 3).Consistent(true).One(ctx, &first))
	check(get(table, "grace", 3).One(ctx, &second))
	check(save(first, "first"))
	return save(second, "second")
}

func pay(db *dynamo.DB, table dynamo.Table) {
	check(db.WriteTx().Idempotent(true).
		Check(table.Check("customer", "grace").Range("number", 4).If("'state' = ?", "open")).
		Update(table.Update("customer", "ada").Range("number", 1).Set("state", "paid").If("'state' = ?", "open")).
		Delete(table.Delete("customer", "ada").Range("number", 2)).
		Put(table.Put(newOrder("ada", 21))).Run(ctx))
	var paid, put order
	check(db.GetTx().GetOne(get(table, "ada", 1), &paid).GetOne(get(table, "ada", 21), &put).Run(ctx))
	if paid.State != "paid" || put.Number != 21 {
		log.Fatalf("%+v, %+v", paid, put)
	}
}

func main() {
	settings, err := config.LoadDefaultConfig(ctx)
	check(err)
	db := dynamo.New(settings)
	table := makeTable(db, os.Args[1])
	putAll(table)
	seen := answer{Queried: queried(table), Scanned: scanned(table), Together: together(table)}
	seen.Indexed = found(table.Get("state", "sent").Range("total", dynamo.Greater, 10).Index("by_state"))
	seen.Tagged = found(table.Get("customer", "ada").Filter("contains('tags', ?)", "n7"))
	seen.Refused = refusal(table.Put(newOrder("ada", 1)).If("attribute_not_exists('customer')").Run(ctx))
	seen.Conflict = refusal(conflict(table))
	var more order
	check(table.Update("customer", "ada").Range("number", 3).Add("total", 100).Value(ctx, &more))
	seen.Added = more.Total
	pay(db, table)
	seen.Cancelled = refusal(db.WriteTx().Put(table.Put(newOrder("ada", 22))).
		Delete(table.Delete("customer", "grace").Range("number", 5).If("'state' = ?", "lost")).Run(ctx))
	check(json.NewEncoder(os.Stdout).Encode(seen))
}
