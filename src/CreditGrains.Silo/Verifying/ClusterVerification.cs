using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Heads;
using CreditGrains.Orleans.Audit;
using CreditGrains.Orleans.Journal;
using CreditGrains.Silo.Security;
using Npgsql;

namespace CreditGrains.Silo.Verifying;

/// <summary>What the check of a cluster's database found.</summary>
/// <param name="Partitions">Partitions, the register among them.</param>
/// <param name="Rows">Rows of their journals.</param>
/// <param name="AuditEntries">Entries of the audit log.</param>
/// <param name="Heads">Heads of journals that agree, over all files.</param>
/// <param name="OutOfReach">Heads of journals that are older than the rows kept, and could not be held against anything.</param>
/// <param name="Problem">What is wrong and what to do; null when nothing is.</param>
internal sealed record VerifiedCluster(int Partitions, long Rows, long AuditEntries, long Heads, long OutOfReach, string? Problem);

/// <summary>
/// Checks the chains of every journal and of the audit log in a cluster's database, and holds them against signed heads. The chains only show that they hang together; the heads show that they are
/// what they were. Changes nothing; silos may run.
/// </summary>
internal sealed class ClusterVerification
{
    private const string Rewritten = "It was rewritten after it was signed. Restore the database from a backup or a standby, and find out who did it.";
    private const string Cut = "What was durable is missing. Restore the database from a backup or a standby.";

    private readonly (string File, IReadOnlyList<SignedHead> Heads)[] files;
    private readonly Dictionary<Guid, Dictionary<long, string?>> wanted = [];
    private readonly Dictionary<Guid, WalkedPartition> walked = [];
    private long agreed;
    private long outOfReach;

    private ClusterVerification(IReadOnlyList<string> headFiles, string? publicKey)
    {
        using var key = publicKey is null ? null : HeadFile.ReadKey(publicKey);
        files = [.. headFiles.Select(file => (file, File.Exists(file) ? HeadFile.Read(file, key) : throw new SecurityFileException("HeadsMissing", $"there is no file of heads '{file}'")))];
        foreach (var journal in files.SelectMany(file => file.Heads).SelectMany(head => head.Journals))
        {
            if (!wanted.TryGetValue(journal.Partition, out var sequences)) wanted.Add(journal.Partition, sequences = []);
            sequences[journal.Sequence] = null;
        }
    }

    /// <summary>Runs it.</summary>
    /// <param name="database">The cluster's.</param>
    /// <param name="headFiles">Files of heads, one a silo; none checks the chains alone.</param>
    /// <param name="publicKey">Their public key; needed with heads.</param>
    /// <exception cref="SecurityFileException">The key or a file of heads cannot be used, or a head is not signed by that key.</exception>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    /// <exception cref="IOException">The same.</exception>
    public static VerifiedCluster Run(NpgsqlDataSource database, IReadOnlyList<string> headFiles, string? publicKey)
    {
        // Heads first: what a running cluster adds meanwhile is after them.
        var check = new ClusterVerification(headFiles, publicKey);
        var problem = check.WalkJournals(database) ?? check.JudgeJournals();
        var (entries, ends, damage) = check.WalkAudit(new AuditTable(database));
        problem ??= damage ?? check.JudgeAudit(ends);
        return new VerifiedCluster(check.walked.Count, check.walked.Values.Sum(one => one.Rows), entries, check.agreed, check.outOfReach, problem);
    }

    private string? WalkJournals(NpgsqlDataSource database)
    {
        var walk = new JournalWalk(database);
        foreach (var partition in walk.Partitions())
        {
            var one = walk.Run(partition, head =>
            {
                if (wanted.TryGetValue(head.Journal, out var sequences) && sequences.ContainsKey(head.Sequence)) sequences[head.Sequence] = head.Chain;
            });
            walked.Add(one.Journal, one);
        }

        return walked.Values.Select(one => one.Problem).FirstOrDefault(problem => problem is not null);
    }

    private string? JudgeJournals()
    {
        var newest = new Dictionary<Guid, (long Sequence, string File)>();
        foreach (var (file, heads) in files)
        {
            foreach (var head in heads)
            {
                foreach (var journal in head.Journals)
                {
                    if (Judge(journal) is { } wrong) return $"'{file}': head {head.Number} was signed at event {journal.Sequence}, and {wrong}";
                    if (journal.Sequence > newest.GetValueOrDefault(journal.Partition).Sequence) newest[journal.Partition] = (journal.Sequence, file);
                }
            }
        }

        // Retention keeps the row of the last event, which was signed. A journal that begins behind every head vouches for itself alone.
        foreach (var (journal, (sequence, file)) in newest)
            if (walked[journal] is var one && sequence < one.OldestSequence)
                return $"partition {one.Partition}: the newest head of '{file}' is of event {sequence}, and the oldest kept is {one.OldestSequence}, so no head vouches for what is kept. Name the heads of all silos; else restore the database from a backup or a standby.";
        return null;
    }

    private string? Judge(JournalHead journal)
    {
        if (!walked.TryGetValue(journal.Partition, out var one)) return "it is of a partition that this cluster has not. Name the heads of this cluster.";
        if (journal.Sequence > one.LastSequence) return $"the journal of partition {one.Partition} ends at {one.LastSequence}. {Cut}";
        if (journal.Sequence < one.OldestSequence)
        {
            outOfReach++;
            return null;
        }

        if (wanted[journal.Partition][journal.Sequence] != journal.Chain) return $"the hash of partition {one.Partition} there is another. {Rewritten}";
        agreed++;
        return null;
    }

    private (long Entries, Dictionary<long, string> Ends, string? Damage) WalkAudit(AuditTable table)
    {
        var counts = files.SelectMany(file => file.Heads).Select(head => head.AuditCount).ToHashSet();
        var ends = new Dictionary<long, string> { [0] = AuditChain.Genesis };
        var end = AuditEnd.None;
        try
        {
            var (number, hash) = table.Read(0, row =>
            {
                AuditChain.Check(ClusterAuditLines.Called, end, new AuditLine(row.Number, row.Body, row.Hash));
                end = new AuditEnd(row.Number, row.Hash);
                if (counts.Contains(row.Number)) ends[row.Number] = row.Hash;
            });
            return (end.Count, ends, new AuditEnd(number, hash) == end ? null : $"{ClusterAuditLines.Called} has {end.Count} entries, and cg_audit_head says {number}, or another hash. {Cut}");
        }
        catch (SecurityFileException damage)
        {
            return (end.Count, ends, damage.Advice);
        }
    }

    private string? JudgeAudit(Dictionary<long, string> ends)
    {
        foreach (var (file, heads) in files)
            if (heads.FirstOrDefault(head => ends.GetValueOrDefault(head.AuditCount) != head.AuditHead) is { } wrong)
                return $"'{file}': head {wrong.Number} was signed, and {ClusterAuditLines.Called} is not what it was at entry {wrong.AuditCount}. It was rewritten or cut after it was signed. Restore the database from a backup or a standby, and find out who did it.";
        return null;
    }
}
