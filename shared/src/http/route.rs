//! Routes, declared once next to their handlers.

use std::marker::PhantomData;

use crate::auth::{Access, Anyone, Caller, Machine, Role, Scope, Signed, User};

/// 1024 bytes.
pub const KIB: usize = 1024;

/// Which budget of the caller a request counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// None: health checks, documentation, and unknown paths.
    Unlimited,
    Read,
    Write,
    /// Messages of n8n.
    Webhook,
}

impl Rate {
    /// The value of `x-rate` in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unlimited => "unlimited",
            Self::Read => "read",
            Self::Write => "write",
            Self::Webhook => "webhook",
        }
    }
}

/// The properties of a route without the type of its callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// The name of the function.
    pub id: &'static str,
    pub access: Access,
    pub rate: Rate,
    /// How many requests one call counts as.
    pub weight: u32,
    /// The largest accepted body, in bytes. With `None`, the route ignores any body.
    pub max_body: Option<usize>,
    /// Responses may be replayed by `Idempotency-Key`; [`NoBookkeeping`](super::NoBookkeeping)
    /// replays none.
    pub is_idempotent: bool,
    /// True when calls belong in the audit log. Nothing writes that log yet.
    pub is_audited: bool,
}

/// A route whose handler takes callers of the kind `C`.
///
/// ```
/// use shared::auth::{Role, User};
/// use shared::http::{KIB, Rate, Route};
///
/// pub const ROUTE: Route<User> =
///     Route::user("create-analysis", Role::Analyst).rate(Rate::Write).body(64 * KIB).idempotent();
/// assert_eq!(ROUTE.declared().max_body, Some(65_536));
/// ```
///
/// Its handler takes this kind of caller:
///
/// ```
/// # #[allow(unused_imports)]
/// # use shared::{auth::{Anyone, Role, User}, http::{self, HandlerResult, Queued, Request, Route}};
/// async fn handle(_: &(), _: User, _: Request) -> HandlerResult<Queued<()>> {
///     Ok(Queued(()))
/// }
///
/// let function = http::serve(Route::user("create-analysis", Role::Analyst), |_| Ok(()), handle);
/// ```
///
/// A handler that takes another kind does not compile:
///
/// ```compile_fail,E0631
/// # #[allow(unused_imports)]
/// # use shared::{auth::{Anyone, Role, User}, http::{self, HandlerResult, Queued, Request, Route}};
/// async fn handle(_: &(), _: Anyone, _: Request) -> HandlerResult<Queued<()>> {
///     Ok(Queued(()))
/// }
///
/// let function = http::serve(Route::user("create-analysis", Role::Analyst), |_| Ok(()), handle);
/// ```
#[derive(Debug)]
pub struct Route<C> {
    declared: Declared,
    caller: PhantomData<fn() -> C>,
}

impl<C> Clone for Route<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Route<C> {}

impl Route<Anyone> {
    /// For anyone; credentials are not read.
    pub const fn open(id: &'static str) -> Self {
        Self::new(id, Access::Open)
    }
}

impl Route<Caller> {
    /// For anyone, with or without credentials. Invalid credentials are a 401.
    pub const fn any(id: &'static str) -> Self {
        Self::new(id, Access::Any)
    }
}

impl Route<User> {
    /// For users with at least this role.
    pub const fn user(id: &'static str, role: Role) -> Self {
        Self::new(id, Access::User(role))
    }
}

impl Route<Machine> {
    /// For programs with an API key of this scope.
    pub const fn machine(id: &'static str, scope: Scope) -> Self {
        Self::new(id, Access::Machine(scope))
    }
}

impl Route<Signed> {
    /// For the sender of signed webhooks.
    pub const fn signed(id: &'static str) -> Self {
        Self::new(id, Access::Signed).rate(Rate::Webhook)
    }
}

impl<C> Route<C> {
    const fn new(id: &'static str, access: Access) -> Self {
        let (rate, weight) = (Rate::Unlimited, 1);
        let declared = Declared {
            id,
            access,
            rate,
            weight,
            max_body: None,
            is_idempotent: false,
            is_audited: false,
        };
        Self { declared, caller: PhantomData }
    }

    /// Sets the budget that requests count against. The default is none.
    #[must_use]
    pub const fn rate(mut self, rate: Rate) -> Self {
        self.declared.rate = rate;
        self
    }

    /// Sets how many requests one call counts as. The default is 1.
    #[must_use]
    pub const fn weight(mut self, weight: u32) -> Self {
        self.declared.weight = weight;
        self
    }

    /// Accepts bodies of at most this many bytes. A larger body is a 413.
    #[must_use]
    pub const fn body(mut self, max_bytes: usize) -> Self {
        self.declared.max_body = Some(max_bytes);
        self
    }

    /// Allows responses to be replayed by `Idempotency-Key`.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.declared.is_idempotent = true;
        self
    }

    /// Marks calls for the audit log.
    #[must_use]
    pub const fn audited(mut self) -> Self {
        self.declared.is_audited = true;
        self
    }

    pub const fn declared(&self) -> &Declared {
        &self.declared
    }
}
