using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace CreditGrains.Dashboard.Shell;

/// <summary>Keys that protect what pages carry back. A page lives no longer than this process, so they stay in its memory.</summary>
internal sealed class PageKeys : IXmlRepository
{
    private readonly List<XElement> keys = [];

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (keys) return [.. keys];
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        lock (keys) keys.Add(element);
    }
}
