using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace CreditGrains.Api.Transport.Hosting;

/// <summary>The application a server runs: calls to the front, the rest to the inner application.</summary>
internal sealed class FrontApplication<TInner>(IHttpApplication<TInner> inner, Front front)
    : IHttpApplication<FrontContext<TInner>>
    where TInner : notnull
{
    public FrontContext<TInner> CreateContext(IFeatureCollection contextFeatures)
    {
        FrontContext<TInner> context;
        if (contextFeatures is IHostContextContainer<FrontContext<TInner>> container)
            context = container.HostContext ??= new();
        else
            context = new();

        context.Features = contextFeatures;
        context.Route = front.Route(contextFeatures);
        if (context.Route.Kind == RouteKind.Elsewhere)
            context.Inner = inner.CreateContext(contextFeatures);
        return context;
    }

    public Task ProcessRequestAsync(FrontContext<TInner> context) =>
        context.Route.Kind == RouteKind.Elsewhere
            ? inner.ProcessRequestAsync(context.Inner!)
            : front.RunAsync(context.Call, context.Features, context.Route);

    public void DisposeContext(FrontContext<TInner> context, Exception? exception)
    {
        if (context.Route.Kind == RouteKind.Elsewhere)
            inner.DisposeContext(context.Inner!, exception);
        context.Inner = default;
        context.Features = null!;
    }
}

/// <summary>One request on its way; kept by its stream for the next.</summary>
internal sealed class FrontContext<TInner>
{
    public Server.GrpcCall Call { get; } = new();

    public IFeatureCollection Features { get; set; } = null!;

    public Route Route { get; set; }

    public TInner? Inner { get; set; }
}
