CREATE TABLE region AS
SELECT i - 1 AS r_regionkey,
       ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'][i] AS r_name,
       'comment' AS r_comment
FROM generate_series(1, 5) AS t(i);

CREATE TABLE nation AS
SELECT i - 1 AS n_nationkey,
       ['ALGERIA', 'ARGENTINA', 'BRAZIL', 'CANADA', 'EGYPT', 'ETHIOPIA', 'FRANCE', 'GERMANY', 'INDIA', 'INDONESIA', 'IRAN', 'IRAQ',
        'JAPAN', 'JORDAN', 'KENYA', 'MOROCCO', 'MOZAMBIQUE', 'PERU', 'CHINA', 'ROMANIA', 'SAUDI ARABIA', 'VIETNAM', 'RUSSIA',
        'UNITED KINGDOM', 'UNITED STATES'][i] AS n_name,
       [0, 1, 1, 1, 4, 0, 3, 3, 2, 2, 4, 4, 2, 4, 0, 0, 0, 1, 2, 3, 4, 2, 3, 3, 1][i] AS n_regionkey,
       'comment' AS n_comment
FROM generate_series(1, 25) AS t(i);

CREATE TABLE supplier AS
SELECT i AS s_suppkey,
       'Supplier#' || lpad(CAST(i AS VARCHAR), 9, '0') AS s_name,
       'address ' || CAST(i % 7 AS VARCHAR) AS s_address,
       (i * 11) % 25 AS s_nationkey,
       CAST(10 + (i * 11) % 25 AS VARCHAR) || '-555-' || CAST(1000 + i % 3 AS VARCHAR) AS s_phone,
       CAST((i * 37) % 50 * 100 AS DECIMAL(15, 2)) AS s_acctbal,
       CASE WHEN i % 9 = 0 THEN 'the Customer has Complaints' ELSE 'a comment' END AS s_comment
FROM generate_series(1, 40) AS t(i);

CREATE TABLE part AS
SELECT i AS p_partkey,
       ['almond', 'forest', 'green', 'ivory', 'lace'][i % 5 + 1] || ' ' || ['azure', 'green', 'blue'][i % 3 + 1] AS p_name,
       'Manufacturer#' || CAST(i % 5 + 1 AS VARCHAR) AS p_mfgr,
       'Brand#' || CAST(i % 5 + 1 AS VARCHAR) || CAST(i * 3 % 5 + 1 AS VARCHAR) AS p_brand,
       ['ECONOMY ANODIZED STEEL', 'PROMO BURNISHED COPPER', 'MEDIUM POLISHED BRASS', 'STANDARD PLATED BRASS'][i % 4 + 1] AS p_type,
       CAST(i * 7 % 50 + 1 AS INT) AS p_size,
       ['SM CASE', 'LG BOX', 'MED BAG', 'JUMBO PKG', 'SM PACK', 'MED BOX'][i % 6 + 1] AS p_container,
       CAST(900 + i % 10 * 10 AS DECIMAL(15, 2)) AS p_retailprice,
       'comment' AS p_comment
FROM generate_series(1, 200) AS t(i);

CREATE TABLE partsupp AS
SELECT (i - 1) / 4 + 1 AS ps_partkey,
       ((i - 1) / 4 * 3 + (i - 1) % 4 * 10) % 40 + 1 AS ps_suppkey,
       CAST(i * 31 % 20 * 100 AS INT) AS ps_availqty,
       CAST(i * 17 % 30 AS DECIMAL(15, 2)) AS ps_supplycost,
       'comment' AS ps_comment
FROM generate_series(1, 800) AS t(i);

CREATE TABLE customer AS
SELECT i AS c_custkey,
       'Customer#' || lpad(CAST(i AS VARCHAR), 9, '0') AS c_name,
       'address ' || CAST(i % 11 AS VARCHAR) AS c_address,
       i * 7 % 25 AS c_nationkey,
       CAST(10 + i * 7 % 25 AS VARCHAR) || '-555-' || CAST(1000 + i % 4 AS VARCHAR) AS c_phone,
       CAST(i * 41 % 60 * 100 - 500 AS DECIMAL(15, 2)) AS c_acctbal,
       ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY'][i % 5 + 1] AS c_mktsegment,
       CASE WHEN i % 6 = 0 THEN 'special packages requests' ELSE 'a comment' END AS c_comment
FROM generate_series(1, 300) AS t(i);

CREATE TABLE orders AS
SELECT i AS o_orderkey,
       i * 13 % 200 + 1 AS o_custkey,
       ['F', 'O', 'P'][i % 3 + 1] AS o_orderstatus,
       CAST(1000 + i * 19 % 40 * 1000 AS DECIMAL(15, 2)) AS o_totalprice,
       arrow_cast(CAST(8035 + i * 29 % 2400 AS INT), 'Date32') AS o_orderdate,
       ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'][i % 5 + 1] AS o_orderpriority,
       'Clerk#' || CAST(i % 10 AS VARCHAR) AS o_clerk,
       CAST(0 AS INT) AS o_shippriority,
       CASE WHEN i % 8 = 0 THEN 'special requests' ELSE 'a comment' END AS o_comment
FROM generate_series(1, 300) AS t(i);

CREATE TABLE lineitem AS
SELECT l_orderkey, l_partkey, l_suppkey, l_linenumber, l_quantity, l_extendedprice, l_discount, l_tax, l_returnflag, l_linestatus,
       arrow_cast(CAST(l_orderday + i * 7 % 120 AS INT), 'Date32') AS l_shipdate,
       arrow_cast(CAST(l_orderday + 30 + i * 11 % 60 AS INT), 'Date32') AS l_commitdate,
       arrow_cast(CAST(l_orderday + i * 7 % 120 + i % 30 AS INT), 'Date32') AS l_receiptdate,
       l_shipinstruct, l_shipmode, l_comment
FROM (SELECT i,
             (i - 1) / 4 + 1 AS l_orderkey,
             i * 23 % 200 + 1 AS l_partkey,
             (i * 23 % 200 * 3 + i % 4 * 10) % 40 + 1 AS l_suppkey,
             CAST((i - 1) % 4 + 1 AS INT) AS l_linenumber,
             CAST(i * 3 % 50 + 1 AS DECIMAL(15, 2)) AS l_quantity,
             CAST(1000 + i * 13 % 90 * 500 AS DECIMAL(15, 2)) AS l_extendedprice,
             CAST(i % 11 AS DECIMAL(15, 2)) / 100 AS l_discount,
             CAST(i % 9 AS DECIMAL(15, 2)) / 100 AS l_tax,
             ['A', 'N', 'R'][i % 3 + 1] AS l_returnflag,
             ['F', 'O'][i % 2 + 1] AS l_linestatus,
             8035 + ((i - 1) / 4 + 1) * 29 % 2400 AS l_orderday,
             ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'][i % 4 + 1] AS l_shipinstruct,
             ['AIR', 'AIR REG', 'FOB', 'MAIL', 'RAIL', 'SHIP', 'TRUCK'][i % 7 + 1] AS l_shipmode,
             'comment' AS l_comment
      FROM generate_series(1, 1200) AS t(i));
