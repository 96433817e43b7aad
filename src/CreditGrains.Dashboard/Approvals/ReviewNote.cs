using System.Text;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Dashboard.Approvals;

/// <summary>Who decided a referral and why, as its event keeps it: "by=ann;note=salary rose".</summary>
internal static class ReviewNote
{
    private const string Note = "note=";

    /// <summary>The bytes of a note; null when they would be too many.</summary>
    public static byte[]? Write(string by, string reason)
    {
        // Parts end at a semicolon.
        var bytes = Encoding.UTF8.GetBytes($"by={by};{Note}{reason.Replace(';', ',')}");
        return bytes.Length <= Command.AttributesLengthMax ? bytes : null;
    }

    /// <summary>The reason in an event's attributes; what there is when they are of another form.</summary>
    public static string Read(ReadOnlyMemory<byte> attributes)
    {
        var text = Encoding.UTF8.GetString(attributes.Span);
        var part = text.Split(';').FirstOrDefault(one => one.StartsWith(Note, StringComparison.Ordinal));
        return part is null ? text : part[Note.Length..];
    }
}
