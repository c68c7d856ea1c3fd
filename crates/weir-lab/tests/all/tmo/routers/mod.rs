mod agent;
mod bandit;
mod question;
mod threshold;
