-- Tables and statements for the AdoNet grain storage and reminder providers of Orleans: they read their statements from OrleansQuery.
create table OrleansQuery (
    QueryKey  varchar(64) primary key,
    QueryText text not null
);

create table cg_grain_state (
    grain_id_hash    int not null,
    grain_id_n0      bigint not null,
    grain_id_n1      bigint not null,
    grain_type_hash  int not null,
    grain_type       text not null,
    grain_extension  text not null default '',
    service          text not null,
    payload          bytea,
    version          int not null,
    modified_at      timestamptz not null default now(),
    primary key (service, grain_type_hash, grain_id_hash, grain_id_n0, grain_id_n1, grain_extension, grain_type)
);

-- Writes a state under optimistic concurrency: no version expects no row, a version expects exactly that one.
-- Gives the new version, or nothing when somebody else wrote in between.
create function cg_write_state(
    p_hash int, p_n0 bigint, p_n1 bigint, p_type_hash int, p_type text, p_extension text, p_service text, p_version int, p_payload bytea)
returns table (newgrainstateversion int) language plpgsql as $$
begin
    if p_version is null then
        return query
        insert into cg_grain_state as s (grain_id_hash, grain_id_n0, grain_id_n1, grain_type_hash, grain_type, grain_extension, service, payload, version)
        values (p_hash, p_n0, p_n1, p_type_hash, p_type, coalesce(p_extension, ''), p_service, p_payload, 1)
        on conflict do nothing
        returning s.version;
    else
        return query
        update cg_grain_state s set payload = p_payload, version = s.version + 1, modified_at = now()
        where s.service = p_service and s.grain_type_hash = p_type_hash and s.grain_id_hash = p_hash and s.grain_id_n0 = p_n0 and s.grain_id_n1 = p_n1
          and s.grain_extension = coalesce(p_extension, '') and s.grain_type = p_type and s.version = p_version
        returning s.version;
    end if;
end $$;

insert into OrleansQuery (QueryKey, QueryText) values
('WriteToStorageKey',
 'select newgrainstateversion as NewGrainStateVersion from cg_write_state(@GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId, @GrainStateVersion, @PayloadBinary);'),
('ReadFromStorageKey',
 'select s.payload as PayloadBinary, s.version as Version from cg_grain_state s where s.service = @ServiceId and s.grain_type_hash = @GrainTypeHash and s.grain_id_hash = @GrainIdHash and s.grain_id_n0 = @GrainIdN0 and s.grain_id_n1 = @GrainIdN1 and s.grain_extension = coalesce(@GrainIdExtensionString, '''') and s.grain_type = @GrainTypeString;'),
('ClearStorageKey',
 'update cg_grain_state s set payload = null, version = s.version + 1, modified_at = now() where s.service = @ServiceId and s.grain_type_hash = @GrainTypeHash and s.grain_id_hash = @GrainIdHash and s.grain_id_n0 = @GrainIdN0 and s.grain_id_n1 = @GrainIdN1 and s.grain_extension = coalesce(@GrainIdExtensionString, '''') and s.grain_type = @GrainTypeString and s.version = @GrainStateVersion returning s.version as NewGrainStateVersion;'),
('DeleteStorageKey',
 'delete from cg_grain_state s where s.service = @ServiceId and s.grain_type_hash = @GrainTypeHash and s.grain_id_hash = @GrainIdHash and s.grain_id_n0 = @GrainIdN0 and s.grain_id_n1 = @GrainIdN1 and s.grain_extension = coalesce(@GrainIdExtensionString, '''') and s.grain_type = @GrainTypeString and s.version = @GrainStateVersion returning s.version + 1 as NewGrainStateVersion;');

create table cg_reminder (
    service    text not null,
    grain      text not null,
    name       text not null,
    start_time timestamp not null,
    period     bigint not null,
    grain_hash int not null,
    version    int not null,
    primary key (service, grain, name)
);
create index cg_reminder_hash on cg_reminder (service, grain_hash);

insert into OrleansQuery (QueryKey, QueryText) values
('UpsertReminderRowKey',
 'insert into cg_reminder as r (service, grain, name, start_time, period, grain_hash, version) values (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0) on conflict (service, grain, name) do update set start_time = excluded.start_time, period = excluded.period, grain_hash = excluded.grain_hash, version = r.version + 1 returning r.version as Version;'),
('ReadReminderRowsKey',
 'select grain as GrainId, name as ReminderName, start_time as StartTime, period as Period, version as Version from cg_reminder where service = @ServiceId and grain = @GrainId;'),
('ReadReminderRowKey',
 'select grain as GrainId, name as ReminderName, start_time as StartTime, period as Period, version as Version from cg_reminder where service = @ServiceId and grain = @GrainId and name = @ReminderName;'),
('ReadRangeRows1Key',
 'select grain as GrainId, name as ReminderName, start_time as StartTime, period as Period, version as Version from cg_reminder where service = @ServiceId and grain_hash > @BeginHash and grain_hash <= @EndHash;'),
('ReadRangeRows2Key',
 'select grain as GrainId, name as ReminderName, start_time as StartTime, period as Period, version as Version from cg_reminder where service = @ServiceId and (grain_hash > @BeginHash or grain_hash <= @EndHash);'),
('DeleteReminderRowKey',
 'with gone as (delete from cg_reminder where service = @ServiceId and grain = @GrainId and name = @ReminderName and version = @Version returning 1) select count(*)::int from gone;'),
('DeleteReminderRowsKey',
 'delete from cg_reminder where service = @ServiceId;');
