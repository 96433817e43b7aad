using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Engine.RequestIds;

/// <summary>
/// What looks on disk found for the ids that some commands name, taken before the writer's turn so that the writer reads no disk for
/// them. Filled by one thread, then only read. A hint that is exact: <see cref="DiskAnswer.Generation"/> says what it does not cover.
/// </summary>
internal sealed class DiskAnswers
{
    private readonly Dictionary<(ushort Tenant, RequestId Id), DiskAnswer> _answers = [];

    /// <summary>Looks for the ids that the commands bear and those they reverse. Any thread but the writer.</summary>
    /// <returns>Null when no run can hold any of them, which is usual and costs no disk read and no memory.</returns>
    /// <exception cref="Files.StoreException">The disk failed or a page is damaged; refuse the commands, their ids may have taken effect.</exception>
    public static DiskAnswers? Of(RequestIdDiskLookup lookup, ReadOnlySpan<Command> commands)
    {
        DiskAnswers? answers = null;
        foreach (ref readonly Command command in commands)
        {
            Add(ref answers, lookup, command.Facility.Tenant, command.Id);
            Add(ref answers, lookup, command.Facility.Tenant, command.Original);
        }
        return answers;
    }

    /// <summary>As the other overload for one id.</summary>
    /// <inheritdoc cref="Of(RequestIdDiskLookup, ReadOnlySpan{Command})"/>
    public static DiskAnswers? Of(RequestIdDiskLookup lookup, ushort tenant, in RequestId id)
    {
        DiskAnswers? answers = null;
        Add(ref answers, lookup, tenant, id);
        return answers;
    }

    /// <summary>The answer for an id; one that covers no run when none was taken.</summary>
    public DiskAnswer For(ushort tenant, in RequestId id) => _answers.GetValueOrDefault((tenant, id));

    private static void Add(ref DiskAnswers? answers, RequestIdDiskLookup lookup, ushort tenant, in RequestId id)
    {
        if (!lookup.MayHold(tenant, id)) return;
        lookup.TryFindOnDisk(tenant, id, out DiskAnswer answer);
        (answers ??= new DiskAnswers())._answers[(tenant, id)] = answer;
    }
}
