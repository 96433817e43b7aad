using CreditGrains.Dashboard.Texts;
using Microsoft.AspNetCore.Components;

namespace CreditGrains.Dashboard.Live;

/// <summary>A page that is drawn anew with each view of the board, from when it is interactive until it is left.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private IDisposable? watching;
    private bool isDisposed;

    /// <summary>The words of the reader's language.</summary>
    [CascadingParameter]
    public Words W { get; set; } = null!;

    /// <summary>What the visitor sees.</summary>
    [CascadingParameter]
    public Sight Sight { get; set; } = null!;

    /// <summary>Who looks.</summary>
    [Inject]
    public Visit Visit { get; set; } = null!;

    /// <summary>Leads away when the visitor's credentials have ended.</summary>
    [Inject]
    public NavigationManager Addresses { get; set; } = null!;

    /// <summary>The newest view.</summary>
    protected BoardView View => Sight.Board.View;

    /// <summary>Reads what the page shows beside the view; before each drawing.</summary>
    protected virtual Task RefreshAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender || isDisposed) return;
        Sight.Board.Changed += OnChanged;
        watching = Sight.Board.Watch();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isDisposed = true;
        Sight.Board.Changed -= OnChanged;
        watching?.Dispose();
        GC.SuppressFinalize(this);
    }

    private void OnChanged() => _ = InvokeAsync(async () =>
    {
        if (isDisposed) return;
        try
        {
            if (!Sight.IsOf(await Visit.FindAsync()))
            {
                // The host asks for credentials, or the page is made anew for other rights.
                Addresses.NavigateTo(Addresses.Uri, forceLoad: true);
                return;
            }

            await RefreshAsync();
            StateHasChanged();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await DispatchExceptionAsync(failure);
        }
    });
}
