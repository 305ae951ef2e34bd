.mode column
create table t(id integer primary key, name text, score real, data blob);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000)
insert into t select i, printf('name %05d', (i * 7919) % 2003), i / 7.0, zeroblob(i % 50) from n;
create index by_name on t(name);
create view best as select name, score from t order by score desc limit 5;
create trigger touched after update on t begin insert into log values (old.id, new.name); end;
create table log(id, name);
update t set name = upper(name) where id % 100 = 0;
select * from best;
select count(*), sum(length(data)), round(avg(score), 3) from t where name like '%name 01%';
select id, name, rank() over (order by name) from t limit 5;
select group_concat(name, '|') from (select name from log order by id limit 4);
select json_extract('{"a":[1,2,{"b":"deep"}]}', '$.a[2].b'), json_array(1, 'two', null);
select a.id, b.id from t a join t b on a.id = b.id - 1 where a.id < 4;
explain query plan select * from t where name = 'x';
select * from nowhere;
savepoint s; delete from t where id > 1000; rollback to s; release s;
select count(*) from t;
create temp table big as select t.id, hex(data) h from t; select max(length(h)) from big;
.schema
pragma integrity_check;
.exit 7
