using System.Collections.Frozen;
using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Transport.Server;

/// <summary>
/// The methods a server serves. Fill it before the server starts; it is frozen at the first call and refuses additions
/// from then on.
/// </summary>
public sealed class ServiceTable
{
    private readonly Dictionary<string, MethodEntry> methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServiceDescriptor> services = new(StringComparer.Ordinal);
    private FrozenDictionary<string, MethodEntry>? frozen;

    /// <summary>The services bound, in the order of their full names.</summary>
    public IReadOnlyList<ServiceDescriptor> Services =>
        [.. services.Values.OrderBy(service => service.FullName, StringComparer.Ordinal)];

    /// <summary>Starts or continues the registration of a service. Methods left out answer Unimplemented.</summary>
    /// <exception cref="InvalidOperationException">The table is in use already.</exception>
    public ServiceBinder Bind(ServiceDescriptor service)
    {
        ArgumentNullException.ThrowIfNull(service);
        ThrowIfFrozen();
        services.TryAdd(service.FullName, service);
        return new ServiceBinder(this, service);
    }

    /// <summary>The paths of the methods bound, in order.</summary>
    public IReadOnlyList<string> Methods => [.. methods.Keys.Order(StringComparer.Ordinal)];

    internal void Add(MethodEntry entry)
    {
        ThrowIfFrozen();
        if (!methods.TryAdd(entry.Path, entry))
            throw new InvalidOperationException($"{entry.Path} has a handler already.");
    }

    internal MethodEntry? Find(string path) => Freeze().GetValueOrDefault(path);

    /// <summary>Whether a path of the form /service/method names a service of this table.</summary>
    internal bool OwnsService(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash > 1 && path[0] == '/' && services.ContainsKey(path[1..slash]);
    }

    private FrozenDictionary<string, MethodEntry> Freeze() =>
        frozen ??= methods.ToFrozenDictionary(StringComparer.Ordinal);

    private void ThrowIfFrozen()
    {
        if (frozen is not null)
            throw new InvalidOperationException("The service table is in use; register services before the server starts.");
    }
}
