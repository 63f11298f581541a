-- The cleaning and the single view as a person would write them by hand for DuckDB. $transactions and $members are
-- Parquet files, $products has product and price_range; the window is [$start, $end).
-- A block of 32 numbers holds one twice if the sum of their bits is not the bits' union.
CREATE TEMP TABLE blocks AS
SELECT transaction >> 5 AS block FROM read_parquet($transactions) GROUP BY block
HAVING sum(1::BIGINT << (transaction & 31)) <> bit_or(1::BIGINT << (transaction & 31));

CREATE TEMP TABLE numbers AS
SELECT transaction FROM read_parquet($transactions) SEMI JOIN blocks ON block = transaction >> 5
GROUP BY transaction HAVING count(*) > 1;

-- The same date texts come back row after row: each is read once.
CREATE TEMP TABLE dates AS
WITH texts AS (
  SELECT payment_date, export, try_cast(export[:4] AS INT) * 100 + try_cast(export[6:7] AS INT) AS recorded,
    CASE WHEN contains(payment_date, '/') THEN try_strptime(payment_date, '%m/%d/%Y')::DATE
      ELSE try_cast(payment_date[:10] AS DATE) END AS written,
    CASE WHEN contains(payment_date, '/') THEN try_strptime(payment_date, '%d/%m/%Y')::DATE
      ELSE try_strptime(payment_date[:10], '%Y-%d-%m')::DATE END AS other
  FROM (SELECT DISTINCT payment_date, export FROM read_parquet($transactions))
),
turned AS (
  SELECT *, year(written) * 100 + month(written) AS month,
    CASE WHEN written IS NULL OR recorded <> year(written) * 100 + month(written) THEN other END AS turned
  FROM texts
),
told AS (
  SELECT *, turned IS NOT NULL
    AND (written IS NULL OR coalesce(year(turned) * 100 + month(turned) = recorded, false)) AS swapped
  FROM turned
)
SELECT payment_date, export, CASE WHEN swapped THEN turned ELSE written END AS date,
  CASE WHEN swapped THEN 2 WHEN written IS NULL THEN 4 WHEN recorded <> month THEN 3
    WHEN contains(payment_date, '/') THEN 1 ELSE 0 END::TINYINT AS dating
FROM told;

CREATE TEMP TABLE marked AS
WITH raw AS NOT MATERIALIZED (SELECT * FROM read_parquet($transactions)),
once AS NOT MATERIALIZED (
  SELECT * FROM raw ANTI JOIN numbers USING (transaction)
  UNION ALL SELECT DISTINCT * FROM raw SEMI JOIN numbers USING (transaction)
),
good AS (
  SELECT once.*, date, dating,
    CASE WHEN regexp_matches(product_json, '^[ \t\r\n]*\{[ \t\r\n]*"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u(?:[0-9a-cA-CefEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})))+"[ \t\r\n]*:[ \t\r\n]*[1-9][0-9]{0,8}(?:\.0+)?[ \t\r\n]*(?:,[ \t\r\n]*"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u(?:[0-9a-cA-CefEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})))+"[ \t\r\n]*:[ \t\r\n]*[1-9][0-9]{0,8}(?:\.0+)?[ \t\r\n]*)*\}[ \t\r\n]*$') THEN product_json END AS good
  FROM once JOIN dates ON once.payment_date IS NOT DISTINCT FROM dates.payment_date
    AND once.export IS NOT DISTINCT FROM dates.export
),
keyed AS (SELECT *, json_keys(good) AS products FROM good),
parts AS (
  SELECT *, len(products) AS n, json_extract_string(good, '$.*') AS quantities,
    CASE WHEN n < 2 THEN false WHEN n = 2 THEN products[1] = products[2]
      WHEN n = 3 THEN products[1] = products[2] OR products[1] = products[3] OR products[2] = products[3]
      ELSE len(list_distinct(products)) < n END AS twice
  FROM keyed
),
told AS (
  SELECT *,
    CASE WHEN product_json IS NULL THEN NULL
      WHEN twice THEN 5 WHEN good IS NOT NULL THEN NULL
      WHEN NOT json_valid(product_json) THEN 0
      WHEN json_type(product_json) = 'ARRAY' THEN 1
      WHEN json_type(product_json) <> 'OBJECT' THEN 0
      WHEN len(json_keys(product_json)) = 0 THEN 3
      WHEN len(list_intersect(json_type(product_json, '$.*'), ['OBJECT', 'ARRAY'])) > 0 THEN 2
      ELSE 4 END::TINYINT AS fault
  FROM parts
)
SELECT transaction, member, centre, channel, date, dating, fault,
  CASE WHEN good IS NOT NULL AND NOT twice THEN
    CAST(list_zip(products, quantities) AS STRUCT(product VARCHAR, quantity DOUBLE)[]) END AS basket,
  total_amt AS total_amount, coalesce(discount, 0) AS discount, coalesce(paid_amt, 0) AS paid,
  discount IS NULL AS no_discount, paid_amt IS NULL AS no_paid_amt,
  CASE WHEN total_amt IS NULL THEN 0 WHEN product_json IS NULL THEN 1 WHEN fault IS NOT NULL THEN 2
    WHEN date IS NULL THEN 3 WHEN member IS NULL THEN 4 WHEN year(date) = 2021 THEN 5 ELSE 6 END::TINYINT AS lost
FROM told;

CREATE TEMP TABLE people AS
WITH entries AS (
  SELECT * FROM read_parquet($members, file_row_number = true) WHERE member IS NOT NULL
),
again AS (SELECT member, min(file_row_number) AS first FROM entries GROUP BY member HAVING count(*) > 1)
SELECT member, sponsor, CASE WHEN join_date >= DATE '1900-01-02' THEN join_date END AS join_date
FROM entries LEFT JOIN again USING (member) WHERE first IS NULL OR file_row_number = first;

CREATE TEMP TABLE counts AS
SELECT lost, fault, dating, no_discount, no_paid_amt, count(*) AS rows, sum(total_amount) AS amount, sum(paid) AS paid
FROM marked GROUP BY ALL;

CREATE TEMP TABLE by_member AS
SELECT lost, count(*) AS members, count(*) FILTER (payer) AS payers
FROM (SELECT member, max(lost) AS lost, bool_or(lost = 6 AND paid > 0) AS payer FROM marked WHERE member IS NOT NULL GROUP BY member)
GROUP BY lost;

CREATE TEMP VIEW single_view AS
WITH inside AS NOT MATERIALIZED (SELECT * FROM marked WHERE lost = 6 AND date >= $start AND date < $end),
by_centre AS (
  SELECT member, centre, count(*) AS frequency, sum(total_amount) AS amount, sum(discount) AS discount,
    min(date) AS first, max(date) AS last
  FROM inside GROUP BY member, centre
),
visits AS (
  SELECT member, sum(frequency) AS frequency, sum(amount) AS amount, sum(discount) AS discount, min(first) AS first,
    max(last) AS last, count(centre) AS centres
  FROM by_centre GROUP BY member
),
lines AS (SELECT member, unnest(basket, recursive := true) FROM inside),
items AS (
  SELECT member, sum(quantity) AS quantity, sum(quantity) FILTER (price_range = 'Q1') AS q1,
    sum(quantity) FILTER (price_range = 'Q2') AS q2, sum(quantity) FILTER (price_range = 'Q3') AS q3,
    sum(quantity) FILTER (price_range = 'Q4') AS q4
  FROM lines LEFT JOIN products USING (product) GROUP BY member
),
recruits AS (
  SELECT sponsor AS member, count(*) AS members FROM people
  WHERE sponsor IS NOT NULL AND (join_date IS NULL OR join_date < $end) GROUP BY sponsor
)
SELECT member, amount::BIGINT AS total_amount, quantity::BIGINT AS total_quantity, frequency::BIGINT AS frequency,
  date_diff('day', first, last) AS visit_period, date_diff('day', first, last) / frequency AS mean_time_between_purchases,
  amount::DOUBLE / quantity AS basket_size, amount::DOUBLE / frequency AS order_size, quantity / frequency AS visit_size,
  amount::DOUBLE / frequency * date_diff('day', first, $end) AS cltv, discount::BIGINT AS discount_amount,
  centres AS visit_centres, coalesce(q1, 0) / quantity AS q1_share, coalesce(q2, 0) / quantity AS q2_share,
  coalesce(q3, 0) / quantity AS q3_share, coalesce(q4, 0) / quantity AS q4_share, coalesce(members, 0) AS members
FROM visits JOIN items USING (member) LEFT JOIN recruits USING (member);
